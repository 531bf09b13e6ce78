import { createHash } from 'node:crypto';
import type { TableFile } from '../../../lambdas/shared/parquet/table-file.ts';
import { type OutcomeCounts, zeroCounts } from '../../../lambdas/shared/rules/outcome.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import type { EpochPlan } from '../../../lambdas/shared/state/epoch-plan.ts';
import { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import type { SimProcess } from '../sim-process.ts';
import { expectThat } from '../violation.ts';
import type { World } from '../world.ts';
import { checkDimensions } from './dimension-checks.ts';
import type { Committed, LogChecker } from './log-checker.ts';
import { checkPlan } from './plan-checks.ts';
import { recordsOf, type SeenRecord } from './seen.ts';

/** A committed epoch. */
export interface SeenEpoch {
  readonly plan: EpochPlan;
  readonly planKey: string;
  readonly manifest: StreamManifest;
}

interface StoredEpochHead {
  readonly committedEpoch: number;
  readonly committedPlan?: string;
  readonly plannedEpoch?: number;
  readonly plannedPlan?: string;
}

const NOTHING: StoredEpochHead = { committedEpoch: 0 };

/** Plans, commits, manifests and CURRENT (invariants 3, 7, 9–11), at the moment they happen. */
export class EpochChecker implements Committed {
  readonly epochs: SeenEpoch[] = [];
  readonly lakeKeys: StreamLakeKeys;
  readonly #world: World;
  readonly #logs: LogChecker;
  readonly #plans = new Map<string, EpochPlan>();
  /** By number: the plan that EPOCH HEAD named. */
  readonly #numbers = new Map<number, string>();
  #head: StoredEpochHead = NOTHING;
  currentEpoch = 0;

  constructor(world: World, logs: LogChecker) {
    this.#world = world;
    this.#logs = logs;
    this.lakeKeys = new StreamLakeKeys('default', world.stream.name);
  }

  get last(): SeenEpoch | undefined {
    return this.epochs.at(-1);
  }

  get watermarkMs(): number | null {
    return this.last?.plan.watermarkMs ?? null;
  }

  /** The plan under way; null: none. */
  get plannedEpoch(): number | null {
    return this.#head.plannedEpoch ?? null;
  }

  toVersion(shardId: string): number {
    const shard = this.last?.plan.shards.find((candidate) => candidate.shard === shardId);
    return shard?.to_version ?? 0;
  }

  async onEpochHead(process: SimProcess): Promise<void> {
    const item = await this.#world.state.get(this.#logs.keys.epochHead);
    const after = (item?.attributes ?? NOTHING) as unknown as StoredEpochHead;
    const before = this.#head;
    this.#head = after;
    if (after.committedEpoch !== before.committedEpoch) await this.#commit(process, before, after);
    else if (after.plannedPlan !== before.plannedPlan) {
      const plan = this.#plan(after);
      if (plan !== null && this.#world.faults.strikes('left_over')) await this.#leaveOver(plan);
    }
  }

  /** Something of an earlier life of the lake. */
  async #leaveOver({ epoch, shards }: EpochPlan): Promise<void> {
    const { faults, lake, scheduler } = this.#world;
    const { shard } = shards[faults.random.below(shards.length)];
    const keys = [
      `${this.lakeKeys.table('duplicates', epoch)}part-${shard}-0.parquet`,
      `${this.lakeKeys.table('daily_revenue', epoch)}part-0000.parquet`,
      this.lakeKeys.snapshot(epoch),
      this.lakeKeys.manifest(epoch),
    ];
    const key = keys[faults.random.below(keys.length)];
    await lake.put(key, new TextEncoder().encode('of another life'), { ifNoneMatch: true });
    scheduler.note(`${key} is there already`);
  }

  #plan({ committedEpoch, plannedEpoch, plannedPlan }: StoredEpochHead): EpochPlan | null {
    if (plannedEpoch === undefined || plannedPlan === undefined) return null;
    const plan = this.#plans.get(plannedPlan);
    expectThat(plan !== undefined, '10', () => `plan ${plannedPlan} is named and not there`);
    expectThat(plan.epoch === plannedEpoch, '10', () => `plan ${plannedPlan} has another number`);
    const earlier = this.#numbers.get(plannedEpoch);
    expectThat(earlier === undefined, '10', () => {
      return `epoch ${plannedEpoch} is planned by ${earlier} and again by ${plannedPlan}`;
    });
    expectThat(plannedEpoch > committedEpoch, '10', () => `epoch ${plannedEpoch} is over`);
    expectThat(plan.previousEpoch === committedEpoch, '10', () => {
      return `the plan of epoch ${plannedEpoch} follows ${plan.previousEpoch}`;
    });
    this.#numbers.set(plannedEpoch, plannedPlan);
    return plan;
  }

  async #commit(
    process: SimProcess,
    before: StoredEpochHead,
    after: StoredEpochHead,
  ): Promise<void> {
    const { committedEpoch: epoch, committedPlan: planKey } = after;
    const isPlanned = planKey !== undefined && planKey === before.plannedPlan;
    expectThat(isPlanned, '10', () => `${process.name} commits ${planKey}, which is not planned`);
    expectThat(epoch > before.committedEpoch, '10', () => `epoch ${epoch} is committed late`);
    const plan = this.#plans.get(planKey);
    expectThat(plan !== undefined, '10', () => `plan ${planKey} is committed and not there`);
    checkPlan(plan, this.last?.plan ?? null, this.#logs, this.#world);
    const manifest = await this.#manifestOf(plan);
    this.epochs.push({ plan, planKey, manifest });
    this.#checkCounts(manifest);
  }

  /** Invariant 9: the manifest is there, and so are its files. */
  async #manifestOf(plan: EpochPlan): Promise<StreamManifest> {
    const { epoch } = plan;
    const key = this.lakeKeys.manifest(epoch);
    const isThere = (await this.#world.lake.head(key)) !== null;
    expectThat(isThere, '9', () => `epoch ${epoch} is committed without a manifest`);
    const manifest = parseJson<StreamManifest>(await this.#world.lake.get(key));
    const isOfPlan =
      manifest.epoch === epoch &&
      manifest.previous === plan.previous &&
      JSON.stringify(manifest.inputs) === JSON.stringify(plan.shards);
    expectThat(isOfPlan, '10', () => `the manifest of epoch ${epoch} is not that of its plan`);
    const watermark = plan.watermarkMs === null ? null : new Date(plan.watermarkMs).toISOString();
    expectThat(manifest.watermark === watermark, '10', () => `the manifest has another watermark`);
    await this.checkFiles(manifest, Object.keys(manifest.tables));
    return manifest;
  }

  /** Files that a manifest names are there as it says. */
  async checkFiles(manifest: StreamManifest, tables: readonly string[]): Promise<void> {
    for (const table of tables) {
      for (const file of manifest.tables[table].files) await this.#checkFile(manifest.epoch, file);
    }
  }

  async #checkFile(epoch: number, { key, bytes, sha256 }: TableFile): Promise<void> {
    const info = await this.#world.lake.head(key);
    expectThat(info !== null, '9', () => `epoch ${epoch} names ${key}, which is missing`);
    const body = await this.#world.lake.get(key);
    const isSame =
      body.length === bytes && createHash('sha256').update(body).digest('hex') === sha256;
    expectThat(isSame, '9', () => `epoch ${epoch} names ${key}, which is another file`);
  }

  /** Invariant 11, for the epoch and for all until it. */
  #checkCounts(manifest: StreamManifest): void {
    const { epoch } = manifest;
    const own = this.recordsOfEpoch(this.epochs.length - 1);
    const all = this.epochs.flatMap((_, index) => this.recordsOfEpoch(index));
    const equal = (name: string, stated: unknown, expected: unknown) =>
      expectThat(JSON.stringify(stated) === JSON.stringify(expected), '11', () => {
        const [a, b] = [stated, expected].map((value) => JSON.stringify(value));
        return `${name} of epoch ${epoch} is ${a}, its entries say ${b}`;
      });
    equal('epoch_counts', sorted(manifest.epoch_counts), sorted(countsOf(own)));
    equal('counts', sorted(manifest.counts), sorted(countsOf(all)));
    const cents = all
      .filter(({ outcome }) => outcome === 'active')
      .reduce((sum, { order }) => sum + (order?.totalCents ?? 0n), 0n);
    const text = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
    equal('revenue', manifest.revenue, text);
    const issues = new Map<string, number>();
    for (const code of all.flatMap((record) => record.issues)) {
      issues.set(code, (issues.get(code) ?? 0) + 1);
    }
    equal('issues', sorted(manifest.issues), sorted(Object.fromEntries(issues)));
  }

  /** Records that an epoch published, shard by shard. */
  recordsOfEpoch(index: number): SeenRecord[] {
    return this.epochs[index].plan.shards.flatMap(({ shard, from_version, to_version }) =>
      recordsOf(this.#logs.shardOf(shard), from_version, to_version),
    );
  }

  #onPlan(process: SimProcess, key: string, plan: EpochPlan): void {
    this.#plans.set(key, plan);
    const previous = this.epochs.find(({ plan: { epoch } }) => epoch === plan.previousEpoch);
    checkDimensions(this.#world.editions, process, plan, previous?.plan ?? null);
  }

  async onPut(process: SimProcess, key: string, body: Uint8Array): Promise<void> {
    if (key.includes('/plans/')) this.#onPlan(process, key, parseJson<EpochPlan>(body));
    if (key !== this.lakeKeys.current) return;
    const { manifest } = parseJson<{ manifest: string }>(body);
    const named = this.epochs.find(({ plan }) => this.lakeKeys.manifest(plan.epoch) === manifest);
    expectThat(named !== undefined, '9', () => {
      return `${process.name} lets CURRENT name ${manifest}, which is not committed`;
    });
    const { epoch } = named.plan;
    expectThat(epoch >= this.currentEpoch, '3', () => {
      return `${process.name} moves CURRENT back from ${this.currentEpoch} to ${epoch}`;
    });
    this.currentEpoch = epoch;
  }
}

function countsOf(records: readonly SeenRecord[]): OutcomeCounts {
  const counts = zeroCounts();
  for (const { outcome } of records) {
    counts.read += 1;
    counts[outcome] += 1;
  }
  return counts;
}

function sorted(record: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
