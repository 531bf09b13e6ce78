import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  compileKernel,
  kernelCodeFile,
} from '../../../../lambdas/shared/ingest/kernel/build-kernel.ts';

const committed = new URL(
  '../../../../lambdas/shared/ingest/kernel/csv-kernel-code.ts',
  import.meta.url,
);

it('compiles the source into the code that is committed', async () => {
  expect(kernelCodeFile(await compileKernel())).toBe(readFileSync(committed, 'utf8'));
});
