import { TABLE_VERSION } from '../../lambdas/shared/model/tables.ts';
import packageJson from '../../package.json' with { type: 'json' };

/**
 * Version of the program and of what decides the bytes it writes: an epoch planned by another
 * version is not continued, because its files might differ (stream protocol §3).
 */
export const CODE_VERSION = [
  packageJson.version,
  `tables-${TABLE_VERSION}`,
  `node-${process.versions.node}`,
  `zstd-${process.versions.zstd}`,
].join(' ');
