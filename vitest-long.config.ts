import { defineConfig } from 'vitest/config';

/** The program as a whole, for a minute or more each: not part of the default suite. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    testTimeout: 288_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
