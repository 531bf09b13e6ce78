import { type Config, DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';

/** A config under which a dimension may take so many bytes in memory. */
export function dimensionLimit(maxBytes: number): Config {
  return {
    ...DEFAULT_CONFIG,
    batch: { ...DEFAULT_CONFIG.batch, memoryLimitBytes: maxBytes * 4 },
  };
}
