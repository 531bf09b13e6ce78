import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ROOMS =
  'batch,common,dimensions,embedded/{batch,stream,verify},ingest,model,oracle,reconcile,revenue,rows,rules,state,stream';

/** A mutant falls by the first test that fails, so the quick ones go first. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slowFirst = await super.sort(files);
    const durationMs = ({ project, moduleId }: TestSpecification) => {
      const key = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
      return this.ctx.cache.getFileTestResults(key)?.duration ?? 0;
    };
    return slowFirst.toSorted((a, b) => durationMs(a) - durationMs(b));
  }
}

/** The tests that mutants of the rules have to face (`npm run mutate`): the fast ones. */
export default defineConfig({
  test: {
    include: [`test/unit/{${ROOMS}}/**/*.test.ts`],
    exclude: ['test/unit/kernels/build-kernels.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    sequence: { sequencer: QuickestFirst },
  },
});
