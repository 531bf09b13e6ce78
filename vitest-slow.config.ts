import { mergeConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** The properties, each tried five times as often as in the default suite. */
export default mergeConfig(usual, {
  test: { env: { TANDEM_RUNS: '5' }, testTimeout: 1_440_000 },
});
