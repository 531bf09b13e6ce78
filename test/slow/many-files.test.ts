import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureProcess } from '../bench/harness/measured-process.ts';
import { projectRoot } from '../support/source-files.ts';

const FILES = 100_000;
const HEADER = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n';
/** The default of `batch.memoryLimitBytes`. */
const LIMIT_BYTES = 768 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'tandem-many-files-'));

beforeAll(() => {
  mkdirSync(join(folder, 'landing/orders'), { recursive: true });
  for (let index = 0; index < FILES; index++) {
    const day = String((index % 28) + 1).padStart(2, '0');
    const row = `o${index},c${index % 100},p${index % 50},2026-01-${day} 10:00:00,1,1.00,completed\n`;
    writeFileSync(join(folder, `landing/orders/o-${index}.csv`), HEADER + row);
  }
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }), 300_000);

describe('100,000 files of one row', () => {
  it('stay within the memory limit', { timeout: 600_000 }, async () => {
    const [landing, lake] = [join(folder, 'landing'), join(folder, 'lake')];
    const program = join(projectRoot, 'bin/tandem.js');

    const { usage, output } = await measureProcess([
      ...[program, 'batch', '--landing', landing, '--lake', lake, '--workers', '2', '--json'],
    ]);

    expect(output).toMatchObject({ counts: { read: FILES, active: FILES }, revenue: '100000.00' });
    expect(usage.rssBytes).toBeLessThan(LIMIT_BYTES);
  });
});
