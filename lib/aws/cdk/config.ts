import type * as v from 'valibot';
import type { CONFIG_SCHEMA } from '../../../lambdas/shared/model/config.ts';

/** The config as it is written: `{ windows: { length: '10m' }, aws: { shards: 4 } }`. */
export type TandemConfig = v.InferInput<typeof CONFIG_SCHEMA>;
