import { TABLE_VERSION } from '../../lambdas/shared/model/tables.ts';
import packageJson from '../../package.json' with { type: 'json' };

/**
 * Of the program and of what decides the bytes it writes: an epoch that another one has planned is
 * not gone on with, because its files might differ (stream protocol §3).
 */
export const CODE_VERSION = [
  packageJson.version,
  `tables-${TABLE_VERSION}`,
  `node-${process.versions.node}`,
  `zstd-${process.versions.zstd}`,
].join(' ');
