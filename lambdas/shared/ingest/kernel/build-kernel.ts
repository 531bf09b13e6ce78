import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { assert } from '../../runtime/errors.ts';

/**
 * Compiles `csv-kernel.as` into `csv-kernel-code.ts`: base64 in a module, so that a bundler takes
 * it along as it does any code. `npm run build:wasm`
 */

const SOURCE = new URL('csv-kernel.as', import.meta.url);
const TARGET = new URL('csv-kernel-code.ts', import.meta.url);
const LINE_LENGTH = 90;

/** The same source gives the same bytes, on every machine. Throws if it does not compile. */
export async function compileKernel(): Promise<Uint8Array> {
  const written: (string | Uint8Array)[] = [];
  const { error, stderr } = await asc.main(
    [
      'csv-kernel.ts',
      ...['--outFile', 'csv-kernel.wasm', '--runtime', 'stub', '--importMemory'],
      ...['-O3', '--converge', '--noAssert', '--enable', 'simd'],
    ],
    {
      readFile: (name) => (name === 'csv-kernel.ts' ? readFileSync(SOURCE, 'utf8') : null),
      writeFile: (_name, contents) => {
        written.push(contents);
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`the kernel does not compile: ${stderr}`, { cause: error });
  const [wasm] = written;
  assert(wasm instanceof Uint8Array, 'the compiler writes a module');
  return wasm;
}

/** The text of `csv-kernel-code.ts`. */
export function kernelCodeFile(wasm: Uint8Array): string {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g'));
  assert(lines !== null, 'a module has bytes');
  return [
    '/** Generated from `csv-kernel.as` by `build-kernel.ts`: a WebAssembly module in base64. */',
    'export const CSV_KERNEL_CODE = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, kernelCodeFile(await compileKernel()));
}
