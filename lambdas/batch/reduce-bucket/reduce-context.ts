import { textValues } from '../../shared/bytes/column-data.ts';
import { Dimension, type DimensionData } from '../../shared/dimensions/joined-dimension.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { InputForms } from '../../shared/ingest/mapping/input-form.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import type { Config } from '../../shared/model/config.ts';
import { MAX_USUAL_LEAD_MS } from '../../shared/model/warning.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { PlanHeader } from '../run/batch-plan.ts';
import type { ReduceContext } from './reduce-bucket.ts';

/** The same plan and config give the same settings on every host, and so the same bytes. */
export function reduceContext(
  lake: ObjectStore,
  memory: KernelMemory,
  run: {
    readonly plan: PlanHeader;
    readonly config: Config;
    /** Keys of the inputs. */
    readonly sources: readonly string[];
    readonly layouts: readonly (CsvLayout | null)[];
    readonly customers: DimensionData;
    readonly products: DimensionData;
  },
): ReduceContext {
  const { plan, config } = run;
  const forms = new InputForms(config);
  return {
    lake,
    memory,
    runId: plan.runId,
    sources: textValues(run.sources),
    layouts: run.layouts,
    formOf: (index) => forms.of(run.sources[index]),
    customers: new Dimension(run.customers),
    products: new Dimension(run.products),
    windowLengthMs: config.windows.lengthMs,
    rangeCount: plan.rangeCount,
    parquet: config.parquet,
    waveBytes: plan.waveBytes,
    keep: config.rules.keep,
    findings: {
      hasCustomers: plan.customers.length > 0,
      hasProducts: plan.products.length > 0,
      futureAfterMs: Date.parse(plan.createdAt) + MAX_USUAL_LEAD_MS,
    },
  };
}
