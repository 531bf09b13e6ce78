import type { DimensionCounts } from '../model/dimension.ts';

/** A dimension in the manifest of either door (contract §3.1). */
export interface DimensionEntry extends Readonly<DimensionCounts> {
  readonly files: readonly { readonly key: string; readonly etag: string }[];
}
