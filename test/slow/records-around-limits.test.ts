import { gzipSync } from 'node:zlib';
import { describe, it } from 'vitest';
import { HEADER, outcomeOf, storeOf } from '../support/batch-runs.ts';
import { expectAsOracle } from '../support/expect-as-oracle.ts';
import { runCut } from '../support/staged-runs.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

const valid = (id: string) => `${id},c1,p1,2026-01-05T00:00:00,1,1.00,done`;
const note = (length: number) => '€'.repeat(length / 3) + 'x'.repeat(length % 3);
/** A whole record of exactly `length` bytes. */
const plainOf = (id: string, length: number) => {
  const start = `${id},c1,p1,2026-01-05T00:00:00,1,1.00,done`;
  return `${start}${' '.repeat(length - start.length)}`;
};
const quotedOf = (id: string, length: number) => {
  const [start, end] = [`${id},c1,"`, '",2026-01-05T00:00:00,1,1.00,done'];
  const middle = '""\r\n€,'.repeat(Math.floor((length - start.length - end.length) / 8));
  const rest = length - start.length - end.length - Buffer.byteLength(middle);
  return `${start}${middle}${'x'.repeat(rest)}${end}`;
};

describe('records around and above the limits', () => {
  const lines = [
    valid('o1'),
    plainOf('o2', MIB),
    plainOf('o3', MIB + 1),
    quotedOf('o4', MIB),
    quotedOf('o5', MIB + 1),
    plainOf('o6', 2 * MIB - 1),
    plainOf('o7', 2 * MIB),
    quotedOf('o8', 2 * MIB + 1),
    valid('o9'),
    quotedOf('o10', 5 * MIB),
    plainOf('o11', 3 * MIB),
    valid('o12'),
    // Cut in the middle of a character at 64 KiB.
    `o13,${note(64 * KIB)}`,
    `o133,${note(64 * KIB)}`,
    `o1333,${note(64 * KIB)}`,
    valid('o14'),
  ];
  const endings = {
    'a 5 MiB quote that never closes': `o15,"${note(5 * MIB)}`,
    'a 3 MiB line without line end': plainOf('o15', 3 * MIB),
    'a record of exactly the window': plainOf('o15', 2 * MIB),
  };

  it('are read as the oracle does', async () => {
    const files = new Map([['orders/a.csv', Buffer.from([HEADER, ...lines, ''].join('\n'))]]);

    await expectAsOracle(files);
  });

  it.each(Object.entries(endings))('are read in any chunks, with %s', async (_name, last) => {
    const few = [valid('o1'), plainOf('o2', MIB), plainOf('o3', MIB + 1), quotedOf('o5', 2 * MIB)];
    const files = new Map([['orders/a.csv', Buffer.from([HEADER, ...few, last].join('\n'))]]);
    const landing = await storeOf(files);

    await expectAsOracle(files, () => outcomeOf(() => runCut(landing, { chunkBytes: 900_001 })));
  });

  it('are read from gzip as the oracle does', async () => {
    const bytes = Buffer.from([HEADER, ...lines.slice(0, 9), ''].join('\r\n'));

    await expectAsOracle(new Map([['orders/a.csv.gz', gzipSync(bytes, { level: 1 })]]));
  });
});
