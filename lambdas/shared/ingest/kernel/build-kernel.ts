import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { assert } from '../../runtime/errors.ts';

/**
 * Compiles each kernel, `<name>.as`, into `<name>-code.ts`: base64 in a module, so that a bundler
 * takes it along as it does any code. `npm run build:wasm`
 */

interface Kernel {
  /** Where its source and its code are. */
  readonly folder: URL;
  /** Threads share its memory. */
  readonly isShared: boolean;
}

const here = new URL('./', import.meta.url);
export const KERNELS = {
  'csv-kernel': { folder: here, isShared: false },
  'order-kernel': { folder: here, isShared: false },
  'column-kernel': { folder: new URL('../../parquet/kernel/', here), isShared: true },
  'dedupe-kernel': { folder: new URL('../../transform/kernel/', here), isShared: true },
  'exchange-kernel': {
    folder: new URL('../../../batch/exchange/kernel/', here),
    isShared: true,
  },
  'bucket-kernel': {
    folder: new URL('../../../batch/reduce-bucket/kernel/', here),
    isShared: true,
  },
} satisfies Record<string, Kernel>;
export type KernelName = keyof typeof KERNELS;

const LINE_LENGTH = 90;
/** All that can be addressed: the memory that is handed over says how much of it there is. */
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

/** The source in AssemblyScript, whose compiler asks for it as if it were TypeScript. */
function readSource(folder: URL, name: string): string | null {
  const isOurs = /^[a-z-]+\.ts$/.test(name);
  return isOurs ? readFileSync(new URL(name.replace(/ts$/, 'as'), folder), 'utf8') : null;
}

/** The same source gives the same bytes, on every machine. Throws if it does not compile. */
export async function compileKernel(kernel: KernelName): Promise<Uint8Array> {
  const { folder, isShared } = KERNELS[kernel];
  const written: (string | Uint8Array)[] = [];
  const { error, stderr } = await asc.main(
    [
      `${kernel}.ts`,
      ...['--outFile', `${kernel}.wasm`, '--runtime', 'stub', '--importMemory'],
      ...['-O3', '--converge', '--noAssert', '--enable', 'simd'],
      ...(isShared ? SHARED : []),
    ],
    {
      readFile: (name) => readSource(folder, name),
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

/** The file that holds the code of a kernel. */
export function codeFileOf(kernel: KernelName): URL {
  return new URL(`${kernel}-code.ts`, KERNELS[kernel].folder);
}

/** The text of `<kernel>-code.ts`. */
export function kernelCodeFile(wasm: Uint8Array, kernel: KernelName): string {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g'));
  assert(lines !== null, 'a module has bytes');
  return [
    `/** Generated from \`${kernel}.as\` by \`build-kernel.ts\`: a WebAssembly module in base64. */`,
    `export const ${kernel.toUpperCase().replace('-', '_')}_CODE = [`,
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
