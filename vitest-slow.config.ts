import { mergeConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** The properties, each tried ten times as often as in the default suite. */
export default mergeConfig(usual, {
  test: { env: { TANDEM_RUNS: '3' }, testTimeout: 864_000 },
});
