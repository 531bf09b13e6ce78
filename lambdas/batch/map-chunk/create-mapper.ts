import { InputForms } from '../../shared/ingest/mapping/input-form.ts';
import type { Config } from '../../shared/model/config.ts';
import type { ObjectReader } from '../../shared/ports/object-store.ts';
import type { BatchPlan } from '../run/batch-plan.ts';
import { ChunkMapper } from './map-chunk.ts';

/** The same plan and config give the same settings on every host, and so the same bytes. */
export function createMapper(
  landing: ObjectReader,
  { bucketCount }: Pick<BatchPlan, 'bucketCount'>,
  config: Config,
  segments?: ObjectReader,
): ChunkMapper {
  return new ChunkMapper(landing, new InputForms(config), bucketCount, segments);
}
