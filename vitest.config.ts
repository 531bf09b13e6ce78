import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The slow ones and those that need an emulator have a config of their own.
    exclude: [...configDefaults.exclude, 'test/slow/**', 'test/emulator/**'],
    // For tests that hang: LIMIT_MS of test/support/runs.ts says more.
    testTimeout: 288_000,
    hookTimeout: 288_000,
    pool: 'forks',
    maxWorkers: 3,
    // Template validation takes seconds a stack; `npm run synth` does it once.
    env: { CDK_VALIDATION: 'false' },
  },
});
