import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
    // Template validation takes seconds a stack; `npm run synth` does it once.
    env: { CDK_VALIDATION: 'false' },
  },
});
