import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { assert } from '../../runtime/errors.ts';

/**
 * Compiles each kernel, `<name>.as`, into `<name>-code.ts`: base64 in a module, so that a bundler
 * takes it along as it does any code. `npm run build:wasm`
 */

const KERNELS = ['csv-kernel', 'order-kernel'] as const;
type KernelName = (typeof KERNELS)[number];

const LINE_LENGTH = 90;

/** The source in AssemblyScript, whose compiler asks for it as if it were TypeScript. */
function readSource(name: string): string | null {
  const isOurs = /^[a-z-]+\.ts$/.test(name);
  return isOurs ? readFileSync(new URL(name.replace(/ts$/, 'as'), import.meta.url), 'utf8') : null;
}

/** The same source gives the same bytes, on every machine. Throws if it does not compile. */
export async function compileKernel(kernel: KernelName = 'csv-kernel'): Promise<Uint8Array> {
  const written: (string | Uint8Array)[] = [];
  const { error, stderr } = await asc.main(
    [
      `${kernel}.ts`,
      ...['--outFile', `${kernel}.wasm`, '--runtime', 'stub', '--importMemory'],
      ...['-O3', '--converge', '--noAssert', '--enable', 'simd'],
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

/** The text of `<kernel>-code.ts`. */
export function kernelCodeFile(wasm: Uint8Array, kernel: KernelName = 'csv-kernel'): string {
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
  for (const kernel of KERNELS) {
    const target = new URL(`${kernel}-code.ts`, import.meta.url);
    writeFileSync(target, kernelCodeFile(await compileKernel(kernel), kernel));
  }
}
