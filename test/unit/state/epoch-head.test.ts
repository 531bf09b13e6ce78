import { describe, expect, it } from 'vitest';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import {
  findEpochHead,
  findPlan,
  readEpochHead,
  setCommitted,
  setPlanned,
} from '../../../lambdas/shared/state/epoch-head.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { openWorld } from '../../support/shard-logs.ts';

const NOTHING = {
  committedEpoch: 0,
  committedPlan: null,
  plannedEpoch: null,
  plannedPlan: null,
};
const FIRST = { epoch: 1, key: 'plans/1-a' };
const OTHER = { epoch: 1, key: 'plans/1-b' };

describe('the head of the epochs', () => {
  it('is made by whoever reads it for a change, and by nobody who looks', async () => {
    const { context } = await openWorld();
    const item = () => context.state.get(context.keys.epochHead);

    expect(await findEpochHead(context)).toEqual(NOTHING);
    expect(await item()).toBeNull();
    expect(await readEpochHead(context)).toEqual(NOTHING);
    expect((await item())?.attributes).toEqual({ committedEpoch: 0 });
  });

  it('is that of whoever made it first, with all that was planned since', async () => {
    const { context } = await openWorld();
    const { state } = context;
    const raced: Pick<StateStore, 'get' | 'transact'> = {
      get: (key) => state.get(key),
      transact: async (operations, token) => {
        await setPlanned(context, await readEpochHead(context), FIRST);
        return await state.transact(operations, token);
      },
    };

    const head = await readEpochHead({ ...context, state: raced as StateStore });

    expect(head).toEqual({ ...NOTHING, plannedEpoch: 1, plannedPlan: 'plans/1-a' });
  });

  it('goes from planned to committed', async () => {
    const { context } = await openWorld();
    const empty = await readEpochHead(context);

    expect(await setPlanned(context, empty, FIRST)).toBe('committed');
    const planned = { ...NOTHING, plannedEpoch: 1, plannedPlan: 'plans/1-a' };
    expect(await readEpochHead(context)).toEqual(planned);
    expect(await setCommitted(context, FIRST)).toBe('committed');
    const committed = { ...NOTHING, committedEpoch: 1, committedPlan: 'plans/1-a' };
    expect(await findEpochHead(context)).toEqual(committed);
    expect(await readEpochHead(context)).toEqual(committed);
  });

  it('keeps the plan that was first, and commits no other one', async () => {
    const { context } = await openWorld();
    const empty = await readEpochHead(context);
    await setPlanned(context, empty, FIRST);

    expect(await setPlanned(context, empty, OTHER)).toBe('raced');
    expect(await setCommitted(context, OTHER)).toBe('raced');
    expect((await readEpochHead(context)).plannedPlan).toBe('plans/1-a');
  });

  it('replaces a plan by whoever has seen it, and by nobody else', async () => {
    const { context } = await openWorld();
    await setPlanned(context, await readEpochHead(context), FIRST);
    const seen = await readEpochHead(context);

    expect(await setPlanned(context, seen, OTHER)).toBe('committed');
    expect(await setPlanned(context, seen, FIRST)).toBe('raced');
    expect((await readEpochHead(context)).plannedPlan).toBe('plans/1-b');
  });

  it('takes no plan of one who has not seen what was committed', async () => {
    const { context } = await openWorld();
    const empty = await readEpochHead(context);
    await setPlanned(context, empty, FIRST);
    await setCommitted(context, FIRST);

    expect(await setPlanned(context, empty, OTHER)).toBe('raced');
    expect((await readEpochHead(context)).plannedPlan).toBeNull();
  });

  it('commits once', async () => {
    const { context } = await openWorld();
    await setPlanned(context, await readEpochHead(context), FIRST);
    await setCommitted(context, FIRST);

    expect(await setCommitted(context, FIRST)).toBe('raced');
  });
});

describe('a plan that cannot be had', () => {
  it('is null where it is missing or damaged', async () => {
    const { context } = await openWorld();
    await context.lake.put('plans/damaged', Buffer.from('{'));

    expect(await findPlan(context, 'plans/none')).toBeNull();
    expect(await findPlan(context, 'plans/damaged')).toBeNull();
  });

  it.each([
    Object.assign(new Error('gone'), { code: 'plan_like' }),
    new TerminalError('denied', 'gone'),
  ])('fails when the store does: %s', async (broken) => {
    const { context } = await openWorld();
    const lake = hookedStore(context.lake, () => Promise.reject(broken));

    await expect(findPlan({ lake }, 'plans/1')).rejects.toBe(broken);
  });
});
