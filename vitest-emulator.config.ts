import { configDefaults, defineConfig } from 'vitest/config';
import { exceptionsOf } from './test/emulator/exceptions.ts';
import { readState } from './test/emulator/running-emulator.ts';

const { endToEnd } = exceptionsOf(readState()?.name ?? 'ministack');
const hasRunbook = endToEnd['the runbook of the stream is followed'] === undefined;

/** Against an AWS emulator that runs already: docs/localstack.md says how to start one. */
export default defineConfig({
  test: {
    setupFiles: ['test/emulator/use-emulator.ts'],
    include: ['test/emulator/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasRunbook ? [] : ['**/runbook-stream.test.ts'])],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
