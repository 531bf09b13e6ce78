import { ChunkMapper } from '../../lambdas/batch/map-chunk/map-chunk.ts';
import { InputForms } from '../../lambdas/shared/ingest/mapping/input-form.ts';
import type { RecordRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { KernelMemory } from '../../lambdas/shared/kernels/kernel-memory.ts';
import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import {
  BlockExchange,
  ExchangeBudget,
  SpillBuffer,
} from '../../lib/embedded/batch/exchange-memory.ts';
import {
  StageRunner,
  type StageSettings,
  type StageTask,
} from '../../lib/embedded/batch/stage-runner.ts';
import { inlinePool } from '../../lib/embedded/batch/worker-pool.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';
import { type Cutting, runCut } from './staged-runs.ts';

/** A batch run, cut as the caller says, that reads every file by these rules. */
export async function runByRules(
  landing: ObjectStore,
  rules: RecordRules,
  cutting: Partial<Cutting> = {},
) {
  const lake = new MemoryObjectStore();
  return await runCut(landing, cutting, lake, (settings) => {
    const runner = new StageRunner(landing, lake, settings);
    const mapper = new RuledMapper(landing, lake, rules, settings);
    const run = async (task: StageTask) =>
      task.kind === 'map' ? await mapper.run(task) : await runner.run(task);
    return inlinePool({ run: run as StageRunner['run'] });
  });
}

/** Files of Tandem's own form, but for these rules. */
function formsOf(rules: RecordRules) {
  const { events } = new InputForms(DEFAULT_CONFIG);
  const form = { ...events, rules };
  return { of: () => form, events: form };
}

/** The stage of mapping alone. */
class RuledMapper {
  readonly #lake: ObjectStore;
  readonly #settings: StageSettings;
  readonly #mapper: ChunkMapper;

  constructor(
    landing: ObjectStore,
    lake: ObjectStore,
    rules: RecordRules,
    settings: StageSettings,
  ) {
    this.#lake = lake;
    this.#settings = settings;
    this.#mapper = new ChunkMapper(landing, formsOf(rules), settings.plan.bucketCount);
  }

  async run({ chunkIndex, knownStart, attempt }: StageTask & { kind: 'map' }) {
    const { plan, budgetCounter, kernelMemory } = this.#settings;
    const exchange = new BlockExchange(this.#lake, {
      runId: plan.runId,
      name: `${chunkIndex}-${attempt}`,
      budget: new ExchangeBudget(budgetCounter),
      memory: new KernelMemory(kernelMemory),
      spillBuffer: new SpillBuffer(),
    });
    const chunk = plan.chunks[chunkIndex];
    const result = await this.#mapper.map(
      chunk,
      plan.inputs[chunk.inputIndex],
      knownStart,
      exchange,
    );
    return { result, blocks: await exchange.finish() };
  }
}
