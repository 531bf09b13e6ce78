import { configDefaults, defineConfig } from 'vitest/config';

/** A file that one emulator cannot run (docs/localstack.md): `.ci/run` names it. */
const leftOut = process.env.TANDEM_LEFT_OUT;

/** Against an AWS emulator that runs already: docs/localstack.md says how to start one. */
export default defineConfig({
  test: {
    setupFiles: ['test/emulator/use-emulator.ts'],
    include: ['test/emulator/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(leftOut === undefined ? [] : [leftOut])],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
