import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizeName } from './bench-arguments.ts';
import { measureProcess } from './measured-process.ts';

/** Everything that benchmarks read and write; git ignores it. */
const DATA_DIR = fileURLToPath(new URL('../../../data/bench', import.meta.url));
/** What `npx tandem` runs. */
export const TANDEM = fileURLToPath(new URL('../../../bin/tandem.js', import.meta.url));

export function targetPath(name: string): string {
  return fileURLToPath(new URL(`../targets/${name}.ts`, import.meta.url));
}

/** A folder or file below the benchmark's data, the folder above it made. */
export function benchPath(...parts: readonly string[]): string {
  const path = join(DATA_DIR, ...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  return path;
}

/** Empty afterwards, whatever was there. */
export function emptyFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
}

/**
 * A landing folder with generated orders, in one file, taken from an earlier run where there is
 * one. Its bytes are read once, so that no contender pays for a cold disk.
 */
export async function generatedLanding(
  orders: number,
  isFresh: boolean,
  note: (text: string) => void,
): Promise<string> {
  const landing = benchPath(`landing-${sizeName(orders)}`);
  const marker = join(landing, '.complete');
  if (isFresh || !existsSync(marker)) {
    emptyFolder(landing);
    note(`generating ${sizeName(orders)} orders below ${landing}`);
    await measureProcess([TANDEM, 'generate', '--out', landing, '--orders', `${orders}`]);
    writeFileSync(marker, '');
  }
  for (const file of orderFiles(landing)) {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) void piece;
  }
  return landing;
}

export function orderFiles(landing: string): string[] {
  const folder = join(landing, 'orders');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((name) => join(folder, name));
}
