import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SqliteStateStore } from '../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import type {
  Attributes,
  AttributeTest,
  SortRange,
  StateOperation,
  StateStore,
  StateValue,
} from '../../lambdas/shared/ports/state-store.ts';
import { queried } from '../contract/state-facts.ts';
import { MemoryStateStore } from '../support/memory/memory-state-store.ts';
import { seed } from '../support/seed.ts';
import { SettableClock } from '../support/settable-clock.ts';

type Step =
  | { kind: 'transact'; operations: StateOperation[]; token: string; waitMs: number }
  | { kind: 'query'; pk: string; range: SortRange | undefined };

/** Few keys and values, so that conditions often hold and often do not. */
const pks = ['p', 'p#1'];
const sks = ['HEAD', 'LOG#1', 'LOG#2', 'é', '😀', '\ufffd', 'a\0b', 'a'];
const names = ['x', 'y', '__proto__'];

const scalar = fc.oneof(fc.constantFrom<StateValue>(0, -0, 1, '', '1', true, false, null));
const text = fc.string({ unit: 'grapheme', maxLength: 4 });
const { value } = fc.letrec<{ value: StateValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    text,
    fc.maxSafeInteger(),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), tie('value'), { maxKeys: 3 }),
  ),
}));
const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));
const key = fc.record({ pk: fc.constantFrom(...pks), sk: fc.constantFrom(...sks) });
const test: fc.Arbitrary<AttributeTest> = fc.oneof(
  fc.record({
    attribute: fc.constantFrom(...names),
    equals: fc.constantFrom<string | number | boolean>(0, 1, '', '1', true, false),
  }),
  fc.record({ attribute: fc.constantFrom(...names), absent: fc.constant(true as const) }),
);
const tests = fc.array(test, { maxLength: 2 });
const operation: fc.Arbitrary<StateOperation> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, attributes }),
  fc.record({
    kind: fc.constant('put' as const),
    key,
    attributes,
    ifAbsent: fc.constant(true as const),
  }),
  fc.record({
    kind: fc.constant('update' as const),
    key,
    set: attributes,
    remove: fc.array(fc.constantFrom(...names), { maxLength: 2 }),
    tests,
  }),
  fc.record({ kind: fc.constant('check' as const), key, tests }),
  fc.record({ kind: fc.constant('delete' as const), key }),
);
const sk = fc.constantFrom(...sks);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('transact' as const),
      operations: fc.array(operation, { minLength: 1, maxLength: 3 }),
      // Few tokens, which are sometimes taken again, before and after their ten minutes.
      token: fc.oneof(fc.uuid(), fc.constantFrom('t1', 't2')),
      waitMs: fc.constantFrom(0, 0, 299_999, 300_000, 600_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('query' as const),
      pk: fc.constantFrom(...pks),
      range: fc.option(fc.record({ from: sk, to: sk }), { nil: undefined }),
    }),
  },
);

const clock = new SettableClock();
let lakeRoot: string;
let sqlite: SqliteStateStore;
beforeAll(async () => {
  lakeRoot = mkdtempSync(join(tmpdir(), 'tandem-model-'));
  sqlite = await SqliteStateStore.open({ lakeRoot, clock });
});
afterAll(() => {
  sqlite.close();
  rmSync(lakeRoot, { recursive: true, force: true });
});

async function answer(store: StateStore, taken: Step): Promise<unknown> {
  try {
    if (taken.kind === 'query') return await queried(store, taken.pk, taken.range);
    return await store.transact(taken.operations, taken.token);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function kindOf(taken: Step, expected: unknown): string {
  if (taken.kind === 'query') return 'query';
  const isResult = typeof expected === 'object' && expected !== null && 'status' in expected;
  return isResult ? String(expected.status) : 'refused';
}

async function empty(store: StateStore): Promise<void> {
  for (const pk of pks) {
    for (const item of await queried(store, pk)) {
      await store.transact([{ kind: 'delete', key: item.key }], `empty ${item.key.sk}`);
      clock.nowMs += 600_000;
    }
  }
}

it('gives the same answers from memory and from SQLite, whatever is asked', async () => {
  const countByKind = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      await empty(sqlite);
      clock.nowMs += 600_000;
      const memory = new MemoryStateStore({ clock, pageItemCount: 2 });

      for (const taken of steps) {
        if (taken.kind === 'transact') clock.nowMs += taken.waitMs;
        const expected = await answer(memory, taken);
        expect(await answer(sqlite, taken)).toStrictEqual(expected);
        const came = kindOf(taken, expected);
        countByKind.set(came, (countByKind.get(came) ?? 0) + 1);
      }
      for (const pk of pks)
        expect(await queried(sqlite, pk)).toStrictEqual(await queried(memory, pk));
      for (const pk of pks) {
        for (const item of await queried(memory, pk)) {
          expect(await sqlite.get(item.key)).toStrictEqual(await memory.get(item.key));
        }
      }
    }),
    { seed, numRuns: 300 },
  );

  const kinds = ['committed', 'condition_failed', 'refused', 'query'];
  for (const kind of kinds) expect(countByKind.get(kind)).toBeGreaterThan(100);
});
