import { planRun } from '../../lambdas/batch/plan-run/plan-run.ts';
import { inputResults } from '../../lambdas/batch/publish-run/file-totals.ts';
import { publishContext } from '../../lambdas/batch/publish-run/publish-context.ts';
import { publishRun } from '../../lambdas/batch/publish-run/publish-run.ts';
import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import type { BatchPlan } from '../../lambdas/batch/run/batch-plan.ts';
import { loadDimension } from '../../lambdas/shared/dimensions/load-dimension.ts';
import { InputForms } from '../../lambdas/shared/ingest/mapping/input-form.ts';
import { KernelMemory } from '../../lambdas/shared/kernels/kernel-memory.ts';
import type { Keep } from '../../lambdas/shared/model/config-rules.ts';
import { CUSTOMERS, PRODUCTS } from '../../lambdas/shared/model/dimension.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { ExchangeBudget } from '../../lib/embedded/batch/exchange-memory.ts';
import { StageRunner, type StageSettings } from '../../lib/embedded/batch/stage-runner.ts';
import { runStages } from '../../lib/embedded/batch/stages.ts';
import { inlinePool, type StagePool } from '../../lib/embedded/batch/worker-pool.ts';
import { configOf } from './batch-runs.ts';
import { dimensionLimit } from './dimension-limit.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';

/** How a run is cut. A real run chooses it; none of it may change what the tables hold. */
export interface Cutting {
  readonly chunkBytes: number;
  readonly bucketCount: number;
  readonly rangeCount: number;
  /** Of the exchange, in memory; the rest is spilled. */
  readonly exchangeBytes: number;
  readonly waveBytes: number;
  readonly rowGroupRows: number;
  readonly keep: Keep;
  /** Share of records. */
  readonly maxQuarantined: number;
  /** What the config file says beside that. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Everything in one piece, in memory. */
export const UNCUT: Cutting = {
  chunkBytes: 2 ** 30,
  bucketCount: 1,
  rangeCount: 1,
  exchangeBytes: 2 ** 30,
  waveBytes: 2 ** 30,
  rowGroupRows: 65_536,
  keep: 'first',
  maxQuarantined: 0.5,
  config: {},
};

export const RUN_ID = '20260131T120000Z-00000000';

/** The plan of such a run. */
export async function planCut(
  landing: ObjectStore,
  lake: ObjectStore,
  cut: Cutting,
): Promise<BatchPlan> {
  const planned = await planRun(landing, lake, {
    runId: RUN_ID,
    createdAt: '2026-01-31T12:00:00.000Z',
    codeVersion: '0.0.0',
    configHash: '',
    forms: new InputForms(configOf(cut.config)),
    chunkBytes: cut.chunkBytes,
    landingName: 'the landing zone',
    chooseSizes: async () => ({ bucketCount: cut.bucketCount, waveBytes: cut.waveBytes }),
  });
  return { ...planned, rangeCount: cut.rangeCount };
}

/** The stages of a run one after the other, cut as the caller says. */
export async function runCut(
  landing: ObjectStore,
  cutting: Partial<Cutting> = {},
  lake: ObjectStore = new MemoryObjectStore(),
  openPool: (settings: StageSettings) => StagePool = (settings) =>
    inlinePool(new StageRunner(landing, lake, settings)),
): Promise<{ manifest: BatchManifest; lake: ObjectStore }> {
  const cut = { ...UNCUT, ...cutting };
  const config = configOf({
    ...cut.config,
    parquet: { rowGroupRows: cut.rowGroupRows },
    rules: { keep: cut.keep },
    batch: { maxQuarantined: cut.maxQuarantined },
  });
  const plan = await planCut(landing, lake, cut);
  const maxBytes = 2 ** 30;
  const customers = await loadDimension(
    landing,
    CUSTOMERS,
    plan.customers,
    dimensionLimit(maxBytes),
  );
  const products = await loadDimension(landing, PRODUCTS, plan.products, dimensionLimit(maxBytes));
  const budget = ExchangeBudget.of(cut.exchangeBytes);
  const pool = openPool({
    plan,
    config,
    customers: customers.data,
    products: products.data,
    budgetCounter: budget.counter,
    kernelMemory: KernelMemory.create().memory,
  });
  try {
    const { chunks, ...stages } = await runStages(plan, pool, budget, {});
    const manifest = await publishRun(
      plan,
      { ...stages, inputs: inputResults(plan, chunks), customers, products },
      publishContext(lake, plan, config, products.data),
    );
    return { manifest, lake };
  } finally {
    await pool.close();
  }
}
