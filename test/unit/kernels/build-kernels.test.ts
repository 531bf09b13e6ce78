import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  codeFileOf,
  compileKernel,
  KERNELS,
  type KernelName,
  kernelCodeFile,
} from '../../../lambdas/shared/kernels/build-kernels.ts';

it.each(Object.keys(KERNELS) as KernelName[])(
  'compiles the source of %s into its code',
  async (kernel) => {
    const committed = readFileSync(codeFileOf(kernel), 'utf8');

    const fresh = kernelCodeFile(await compileKernel(kernel), kernel);
    const hint = `${kernel} was compiled from other sources: npm run build:wasm`;
    expect(fresh === committed, hint).toBe(true);
  },
);
