import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { assert } from '../model/errors.ts';

/**
 * Compiles each kernel, `assembly/<name>.ts`, into `compiled/<name>-code.ts`: base64 in a module,
 * so that a bundler takes it along as it does any code. `npm run build:wasm` runs this file.
 */

/** Which memory a kernel uses: its own, or one that worker threads share. */
export const KERNELS = {
  'csv-kernel': { isShared: false },
  'order-kernel': { isShared: false },
  'column-kernel': { isShared: true },
  'dedupe-kernel': { isShared: true },
  'exchange-kernel': { isShared: true },
  'rows-kernel': { isShared: true },
} as const;
export type KernelName = keyof typeof KERNELS;

const ASSEMBLY = new URL('./assembly/', import.meta.url);
const COMPILED = new URL('./compiled/', import.meta.url);
const LINE_LENGTH = 90;
/** All that can be addressed: the memory that is handed over says how much of it there is. */
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

function readSource(name: string): string | null {
  const isOurs = /^[a-z-]+\.ts$/.test(name);
  return isOurs ? readFileSync(new URL(name, ASSEMBLY), 'utf8') : null;
}

/**
 * Compiles a kernel to WebAssembly. The same source gives the same bytes on every machine (ADR
 * 0004). Throws if it does not compile.
 */
export async function compileKernel(kernel: KernelName): Promise<Uint8Array> {
  const { isShared } = KERNELS[kernel];
  const written: (string | Uint8Array)[] = [];
  const { error, stderr } = await asc.main(
    [
      `${kernel}.ts`,
      ...['--outFile', `${kernel}.wasm`, '--runtime', 'stub', '--importMemory'],
      ...['-O3', '--converge', '--noAssert', '--enable', 'simd'],
      ...(isShared ? SHARED : []),
    ],
    {
      readFile: readSource,
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

/** The file that holds a kernel's compiled code. */
export function codeFileOf(kernel: KernelName): URL {
  return new URL(`${kernel}-code.ts`, COMPILED);
}

/** The text of `<kernel>-code.ts`, which embeds the compiled code. */
export function kernelCodeFile(wasm: Uint8Array, kernel: KernelName): string {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g'));
  assert(lines !== null, 'a module has bytes');
  return [
    `/** Generated from \`assembly/${kernel}.ts\` by \`npm run build:wasm\`: WebAssembly in base64. */`,
    `export const ${kernel.toUpperCase().replaceAll('-', '_')}_CODE = [`,
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of Object.keys(KERNELS) as KernelName[]) {
    writeFileSync(codeFileOf(kernel), kernelCodeFile(await compileKernel(kernel), kernel));
  }
}
