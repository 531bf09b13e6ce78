import type {
  Attributes,
  StateItem,
  StateOperation,
} from '../../lambdas/shared/ports/state-store.ts';
import { NO_TIME } from '../../lambdas/shared/rules/lateness.ts';
import { ClaimSet } from '../../lambdas/shared/state/claims.ts';
import type { Canary } from './canaries.ts';
import { cleanByFastest } from './canary-clean.ts';
import { planFromLog } from './canary-plan.ts';
import type { SimProcess } from './sim-process.ts';

type Update = Extract<StateOperation, { kind: 'update' }>;
type Put = Extract<StateOperation, { kind: 'put' }>;

const isLogPut = (operation: StateOperation): operation is Put =>
  operation.kind === 'put' && operation.key.sk.startsWith('LOG#');
const isHeadUpdate = (operation: StateOperation): operation is Update =>
  operation.kind === 'update' && operation.key.sk === 'HEAD';
const isShardHead = ({ key }: { readonly key: StateItem['key'] }): boolean =>
  key.sk === 'HEAD' && key.pk.includes('#SHARD#');
const isFence = (operation: StateOperation): boolean =>
  isLogPut(operation) && operation.attributes.kind === 'fence';
const isPublishing = ({ kind }: SimProcess): boolean => kind === 'publisher' || kind === 'drain';

/** HEAD is moved whatever it is, and entries are written over. */
const noVersionCondition: Canary = {
  needs: ['two_consumers', 'slow_answer', 'redelivery', 'recut'],
  transact: (_, operations) =>
    operations.map((operation) => {
      if (isLogPut(operation)) {
        const { ifAbsent: _ifAbsent, ...put } = operation;
        return put;
      }
      if (!isHeadUpdate(operation) || !isShardHead(operation)) return operation;
      const tests = operation.tests.filter(({ attribute }) => attribute !== 'version');
      return { ...operation, tests };
    }),
};

/** No id is ever claimed. */
const noDedupe: Canary = {
  needs: ['duplicate'],
  install: () => {
    const { timeOf } = ClaimSet.prototype;
    ClaimSet.prototype.timeOf = () => NO_TIME;
    return () => {
      ClaimSet.prototype.timeOf = timeOf;
    };
  },
};

/** The floor rises, and the log does not say so. */
const fenceWithoutEntry: Canary = {
  needs: ['idle_shard'],
  transact: (_, operations) => {
    if (!operations.some(isFence)) return null;
    return operations.filter(isHeadUpdate).map(({ set: { floor }, ...update }) => {
      return { ...update, set: { floor } };
    });
  },
};

/** A fence that failed is taken for one that holds. */
const watermarkBeforeFences: Canary = {
  needs: ['idle_shard', 'hot_spot', 'late_burst', 'drain_beside'],
  hotLabel: 'transact put SHARD#0 LOG#0 (fence), update SHARD#0 HEAD {version floor}',
  result: (_, operations) => (operations.some(isFence) ? { status: 'committed' } : undefined),
};

/** An entry may name what is not there yet. */
const entryBeforeSegment: Canary = {
  isPutLater: (key) => key.startsWith('raw/'),
};

/** The publisher takes a parent for sealed as soon as it has children. */
const childBeforeSeal: Canary = {
  needs: ['reshard'],
  get: ({ observer }, process, item) => {
    if (!isPublishing(process) || item === null || !isShardHead(item)) return undefined;
    const shardId = item.key.pk.slice(item.key.pk.lastIndexOf('#') + 1);
    if (observer.logs.childrenOf(shardId).length === 0) return undefined;
    return { ...item, attributes: { ...item.attributes, sealed: true } };
  },
  transact: (process, operations) =>
    isPublishing(process) ? operations.filter(({ kind }) => kind !== 'check') : null,
};

const changeNewHead = (change: (head: Attributes) => Attributes): Canary => ({
  needs: ['reshard', 'duplicate'],
  transact: (_, operations) =>
    operations.map((operation) =>
      operation.kind === 'put' && isShardHead(operation)
        ? { ...operation, attributes: change(operation.attributes) }
        : operation,
    ),
});

const childWithoutClaims = changeNewHead((head) => ({ ...head, inherits: [] }));

const childWithoutFloor = changeNewHead(({ floor: _, ...head }) => head);

/** What the mapping passed over is not looked for. */
const noLookAtGap: Canary = {
  needs: ['pass_over'],
  isReadEmpty: ({ kind }, limit) => kind === 'consumer' && limit === 1,
};

/** A shard that is behind is taken for an idle one. */
const behindTakenForIdle: Canary = {
  needs: ['stalled_mapping'],
  isReadEmpty: (process, limit) => isPublishing(process) && limit === 1,
};

/** The log of a sealed shard goes by its fastest child. */
const cleanedByFasterChild: Canary = {
  needs: ['reshard', 'idle_shard'],
  afterTransact: async (world, process, operations) => {
    const isNoted = operations.some((operation) => 'publishedThrough' in (setOf(operation) ?? {}));
    if (isNoted) await cleanByFastest(world, process);
  },
};

/** The writer takes what the log holds now, not what the plan says. */
const publishReadingLog: Canary = {
  writer: (context, writer) => ({
    dimensions: writer.dimensions,
    write: async (plan, planKey) => {
      return await writer.write(await planFromLog(context, plan), planKey);
    },
  }),
};

/** CURRENT is put whatever it names. */
const blindCurrent: Canary = {
  needs: ['hot_spot', 'two_publishers'],
  hotLabel: 'lake put manifests/stream/CURRENT.json',
  condition: (world, key) => (key === world.observer.epochs.lakeKeys.current ? {} : undefined),
};

/** A plan that replaces another one takes its number. */
const planUnderOldNumber: Canary = {
  needs: ['other_version', 'crash'],
  get: (_, __, item) => {
    if (item === null || !item.key.pk.endsWith('#EPOCH')) return undefined;
    const { plannedEpoch: _plannedEpoch, ...attributes } = item.attributes;
    return { ...item, attributes };
  },
};

/** A plan that stops before the end of a log takes the watermark of its end. */
const cappedPlanWithHead: Canary = {
  needs: ['small_epoch', 'small_cut'],
  query: async (world, process, item) => {
    if (!isPublishing(process) || !item.key.sk.startsWith('LOG#')) return undefined;
    const head = await world.state.get({ pk: item.key.pk, sk: 'HEAD' });
    const { maxEventTime, floor } = head?.attributes ?? {};
    const { maxEventTime: _, floor: __, ...rest } = item.attributes;
    const times = {
      ...(maxEventTime === undefined ? {} : { maxEventTime }),
      ...(floor === undefined ? {} : { floor }),
    };
    return { ...item, attributes: { ...rest, ...times } };
  },
};

function setOf(operation: StateOperation): Attributes | null {
  return operation.kind === 'update' ? operation.set : null;
}

/** By the name that `--canary` takes. */
export const CANARIES = {
  'no-version-condition': noVersionCondition,
  'no-dedupe': noDedupe,
  'fence-without-entry': fenceWithoutEntry,
  'watermark-before-fences': watermarkBeforeFences,
  'entry-before-segment': entryBeforeSegment,
  'child-before-seal': childBeforeSeal,
  'child-without-claims': childWithoutClaims,
  'child-without-floor': childWithoutFloor,
  'no-look-at-gap': noLookAtGap,
  'behind-taken-for-idle': behindTakenForIdle,
  'cleaned-by-faster-child': cleanedByFasterChild,
  'publish-reading-log': publishReadingLog,
  'blind-current': blindCurrent,
  'plan-under-old-number': planUnderOldNumber,
  'capped-plan-with-head': cappedPlanWithHead,
} as const satisfies Readonly<Record<string, Canary>>;

export type CanaryName = keyof typeof CANARIES;

export function isCanaryName(name: string): name is CanaryName {
  return Object.hasOwn(CANARIES, name);
}
