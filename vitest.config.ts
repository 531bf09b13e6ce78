import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those need an emulator: vitest-emulator.config.ts.
    exclude: [...configDefaults.exclude, 'test/emulator/**'],
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
    // Template validation takes seconds a stack; `npm run synth` does it once.
    env: { CDK_VALIDATION: 'false' },
  },
});
