import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodedText, fileForm } from '../../../../lib/embedded/check/file-form.ts';
import { lineNumbers } from '../../../../lib/embedded/check/line-numbers.ts';
import { storeOf } from '../../../support/batch-runs.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const FORMS = {
  plain: (text: string) => Buffer.from(text),
  marked: (text: string) => Buffer.from(`\ufeff${text}`),
  gzip: (text: string) => gzipSync(text),
  'utf-16le': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'gzip of utf-16': (text: string) => gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le')),
};

const MARK_BYTES = 3;

/** A field in quotes, which may hold line ends. */
const field = fc
  .array(fc.constantFrom('a', 'é', '😀', ',', '""', '\n', '\r\n', '\r', ' '), { maxLength: 6 })
  .map((parts) => `"${parts.join('')}"`);
const record = fc.tuple(
  fc.array(field, { minLength: 1, maxLength: 3 }),
  fc.constantFrom('\n', '\r\n', '\n\n'),
);

describe('line numbers', () => {
  it.each(Object.entries(FORMS))('are those of an editor: %s', async (name, stored) => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 12 }), async (records) => {
        let text = 'order_id,a\n';
        const expected: [number, number][] = [];
        const markBytes = /utf-16|marked/.test(name) ? MARK_BYTES : 0;
        for (const [fields, end] of records) {
          const line = text.split('\n').length;
          expected.push([markBytes + Buffer.byteLength(text), line]);
          text += fields.join(',') + end;
        }
        const store = await storeOf([['orders/a', stored(text)]]);
        const info = await store.head('orders/a');

        const form = await fileForm(store, info ?? expect.fail(), null);
        const offsets = expected.map(([offset]) => offset);
        const lines = await lineNumbers(decodedText(store, 'orders/a', form), offsets);

        expect([...lines]).toEqual(expected);
      }),
      { seed, ...runs(60) },
    );
  });

  it('do not depend on the pieces in which the text comes', async () => {
    const bytes = fc.array(fc.constantFrom(0x0a, 0x61), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 7 }), async (values, size) => {
        const text = Uint8Array.from(values);
        const offsets = values.map((_, offset) => offset);
        async function* pieces() {
          for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
        }
        const lines = await lineNumbers(pieces(), offsets);
        const expected = offsets.map((offset) => {
          return [offset, 1 + values.slice(0, offset).filter((byte) => byte === 0x0a).length];
        });
        expect([...lines]).toEqual(expected);
      }),
      { seed, ...runs(100) },
    );
  });

  it('need no more of the text than up to the last of them', async () => {
    let pieceCount = 0;
    async function* endless() {
      for (;;) {
        pieceCount += 1;
        yield Buffer.from('ab\n');
      }
    }
    expect([...(await lineNumbers(endless(), [4, 7, 4]))]).toEqual([
      [4, 2],
      [7, 3],
    ]);
    expect(pieceCount).toBe(3);
  });

  it('behind the end are that of the last line, and stop when aborted', async () => {
    async function* text() {
      yield Buffer.from('a\nb');
    }
    expect([...(await lineNumbers(text(), [99]))]).toEqual([[99, 2]]);
    const aborted = AbortSignal.abort(new Error('ctrl-C'));
    await expect(lineNumbers(text(), [1], aborted)).rejects.toThrow('ctrl-C');
  });
});
