import { TOKEN_LIFE_MS } from '../../lambdas/shared/adapters/state-transactions.ts';
import { OutcomeUnknownError, RetryableError } from '../../lambdas/shared/model/errors.ts';
import type {
  SortRange,
  StateItem,
  StateKey,
  StateOperation,
  StateStore,
  TransactResult,
} from '../../lambdas/shared/ports/state-store.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** The state as a process sees it: every page and every transaction waits for its turn. */
export function gatedState(world: World, process: SimProcess): StateStore {
  return {
    get: (key) =>
      process.ask(`get ${shortKey(key)}`, async () => {
        throttle(world, 'get');
        const item = await world.state.get(key);
        const changed = world.canary.get?.(world, process, item);
        return changed === undefined ? item : changed;
      }),
    query: (pk, range) => queryPages(world, process, pk, range),
    transact: (operations, token) => {
      const label = `transact ${operations.map(describe).join(', ')}`;
      const answer = process.ask(label, () => transact(world, process, operations, token));
      // From its answer on everybody sees it.
      return answer.finally(() => world.show(operations));
    },
  };
}

const OUTAGE_SECONDS_MAX = 90;
/** Share of calls that fail while the state is out of order. */
const OUTAGE_RATE = 0.9;

function throttle(world: World, call: string): void {
  const isOut = isInOutage(world);
  if (isOut || world.faults.strikes('throttle')) throw new RetryableError(`${call} was throttled`);
}

function isInOutage(world: World): boolean {
  const { faults, scheduler } = world;
  if (faults.strikes('outage')) {
    const seconds = faults.random.between(1, OUTAGE_SECONDS_MAX);
    world.outageUntilMs = scheduler.now() + seconds * 1_000;
    scheduler.note(`the state is out of order for ${seconds} s`);
  }
  const isOut = scheduler.now() < world.outageUntilMs && !faults.isStopped;
  return isOut && faults.random.chance(OUTAGE_RATE);
}

async function* queryPages(
  world: World,
  process: SimProcess,
  pk: string,
  range: SortRange | undefined,
): AsyncIterable<StateItem> {
  let from = range?.from ?? ' ';
  const to = range?.to ?? '~';
  if (from > to) return;
  for (;;) {
    const page = await process.ask(`query ${shortPk(pk)} ${from}…${to}`, async () => {
      throttle(world, 'query');
      return await readPage(world, process, pk, { from, to });
    });
    yield* page.items;
    if (page.last === null) return;
    from = `${page.last} `;
  }
}

interface Page {
  readonly items: readonly StateItem[];
  /** Where the next page begins behind; null: this was the last one. */
  readonly last: string | null;
}

async function readPage(
  world: World,
  process: SimProcess,
  pk: string,
  range: SortRange,
): Promise<Page> {
  const items: StateItem[] = [];
  for await (const item of world.state.query(pk, range)) {
    items.push(item);
    if (items.length === world.settings.pageItemCount) break;
  }
  const isFull = items.length === world.settings.pageItemCount;
  const last = isFull ? (items.at(-1)?.key.sk ?? null) : null;
  const shown: StateItem[] = [];
  for (const item of items) {
    if (world.isHidden(item.key)) continue;
    shown.push((await world.canary.query?.(world, process, item)) ?? item);
  }
  return { items: shown, last };
}

/** A page may miss a transaction that is under way: until its answer, and not longer than this. */
const UNDER_WAY_MS = 1_000;

async function transact(
  world: World,
  process: SimProcess,
  asked: readonly StateOperation[],
  token: string,
): Promise<TransactResult> {
  const isOut = isInOutage(world);
  if ((isOut && world.faults.random.chance(0.5)) || world.faults.strikes('throttle')) {
    throw new RetryableError('transact was throttled');
  }
  const isLost = isOut || world.faults.strikes('lost_answer');
  if (isLost && world.faults.random.chance(0.5)) {
    throw new OutcomeUnknownError('no answer: the transaction did not happen');
  }
  const { isHiding } = process;
  process.isHiding = false;
  const operations = world.canary.transact?.(process, asked) ?? asked;
  const nowMs = world.scheduler.now();
  const earlierMs = world.committedTokens.get(token) ?? Number.NEGATIVE_INFINITY;
  const result = await world.state.transact(operations, token);
  const isRepeated = nowMs - earlierMs < TOKEN_LIFE_MS;
  if (result.status === 'committed' && !isRepeated) {
    world.committedTokens.set(token, nowMs);
    if (isHiding) world.hide(operations, nowMs + UNDER_WAY_MS);
    await world.observer.onTransaction(process, operations);
    await world.canary.afterTransact?.(world, process, operations);
  }
  world.scheduler.note(`  ${result.status}`);
  if (isLost) throw new OutcomeUnknownError('no answer: the transaction happened');
  return world.canary.result?.(process, asked, result) ?? result;
}

function shortPk(pk: string): string {
  return pk.slice(pk.indexOf('#') + 1).replace('shardId-00000000', '');
}

function shortKey({ pk, sk }: StateKey): string {
  return `${shortPk(pk)} ${sk}`;
}

function describe(operation: StateOperation): string {
  const { kind, key } = operation;
  const extra = kind === 'put' && typeof operation.attributes.kind === 'string';
  const what = extra ? ` (${operation.attributes.kind})` : '';
  const set = kind === 'update' ? ` {${Object.keys(operation.set).join(' ')}}` : '';
  return `${kind} ${shortKey(key)}${what}${set}`;
}
