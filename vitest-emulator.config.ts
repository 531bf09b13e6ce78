import { defineConfig } from 'vitest/config';

/** Against an AWS emulator that runs already: docs/localstack.md says how to start one. */
export default defineConfig({
  test: {
    setupFiles: ['test/emulator/use-emulator.ts'],
    include: ['test/emulator/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
