import { defineConfig } from 'vitest/config';

/** Processes that are killed, and their seconds: not part of the default suite. */
export default defineConfig({
  test: { include: ['test/slow/**/*.test.ts'], pool: 'forks', maxWorkers: 1 },
});
