import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../lambdas/shared/model/config.ts';
import type { Attributes, StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import {
  ensureMeta,
  metaDifferences,
  metaOfConfig,
  type StreamMeta,
  timesOfConfig,
} from '../../../lambdas/shared/state/stream-meta.ts';
import { createStreamWorld } from '../../support/stream-world.ts';

const CONFIG = parseConfig({
  windows: { length: '10m' },
  stream: { watermarkDelay: '2m', dedupeHorizon: '3h', maxAhead: '4h' },
});

const META = metaOfConfig(CONFIG, 'arn:orders', 'start');

/** The state of a consumer, with this META or none, and who opens it. */
async function openState(stored?: Partial<StreamMeta>) {
  const { state } = createStreamWorld();
  const { keys } = await createStreamWorld().open();
  const put = async (meta: Partial<StreamMeta>, token: string) => {
    const attributes = meta as unknown as Attributes;
    await state.transact([{ kind: 'put', key: keys.meta, attributes }], token);
  };
  if (stored !== undefined) await put({ ...META, ...stored }, 'earlier');
  const ensure = (wanted: StreamMeta, at: StateStore = state) =>
    ensureMeta(at, keys, wanted, 'token');
  const read = async () => (await state.get(keys.meta))?.attributes;
  return { state, put, ensure, read };
}

describe('what a consumer begins with', () => {
  it('comes from the config', () => {
    expect(timesOfConfig(CONFIG)).toEqual({
      windowLengthMs: 600_000,
      watermarkDelayMs: 120_000,
      dedupeHorizonMs: 10_800_000,
      maxAheadMs: 14_400_000,
    });
    expect(metaOfConfig(CONFIG, 'arn:orders', '2026-01-05T00:00:00Z')).toEqual({
      streamIdentity: 'arn:orders',
      windowMs: 600_000,
      watermarkDelayMs: 120_000,
      dedupeHorizonMs: 10_800_000,
      maxAheadMs: 14_400_000,
      statuses: CONFIG.rules.statuses,
      rulesVersion: 1,
      logFormat: 1,
      start: '2026-01-05T00:00:00Z',
    });
  });

  it('is written once, and its start holds', async () => {
    const { ensure, read } = await openState();

    expect(await ensure(META)).toEqual(META);
    expect(await read()).toEqual(META);
    const later = { ...META, start: '2026-01-05T00:00:00Z' };
    expect(await ensure(later)).toEqual(META);
    expect(await read()).toEqual(META);
  });

  it('is that of whoever came first, where two begin at once', async () => {
    const { state, put, ensure, read } = await openState();
    const first = { ...META, start: '2026-01-01T00:00:00Z' };
    const raced = {
      get: (key) => state.get(key),
      transact: async (operations, token) => {
        await put(first, 'first');
        return await state.transact(operations, token);
      },
    } as Partial<StateStore> as StateStore;

    expect(await ensure(META, raced)).toEqual(first);
    expect(await read()).toEqual(first);
  });

  it('is one from an older log too', async () => {
    const { ensure } = await openState({ logFormat: 0 });

    expect(await ensure(META)).toEqual({ ...META, logFormat: 0 });
  });

  it('fails when the log is of a newer version', async () => {
    const { ensure } = await openState({ logFormat: 2, windowMs: 1 });

    await expect(ensure(META)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'log_format_newer',
      message: 'the log has format 2, this version reads 1; use a newer version',
    });
  });

  it('fails when anything differs, and names it by the key of the config', async () => {
    const { ensure, read } = await openState({ windowMs: 60_000, streamIdentity: 'arn:other' });
    const before = await read();

    await expect(ensure(META)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'stream_differs',
      message:
        'this consumer began with another config: streamIdentity was "arn:other" and is "arn:orders"; ' +
        'windows.length was 60000 and is 600000; restore the old value, or replay under a new --consumer name',
    });
    expect(await read()).toEqual(before);
  });

  it.each<[keyof StreamMeta, unknown, string]>([
    ['streamIdentity', 'x', 'streamIdentity was "x" and is "arn:orders"'],
    ['windowMs', 1, 'windows.length was 1 and is 600000'],
    ['watermarkDelayMs', 1, 'stream.watermarkDelay was 1 and is 120000'],
    ['dedupeHorizonMs', 1, 'stream.dedupeHorizon was 1 and is 10800000'],
    ['maxAheadMs', 1, 'stream.maxAhead was 1 and is 14400000'],
    ['statuses', {}, 'rules.statuses was {} and is {"done":"completed"}'],
    ['rulesVersion', 2, 'rulesVersion was 2 and is 1'],
  ])('differs by %s', (name, value, said) => {
    const wanted: StreamMeta = { ...META, statuses: { done: 'completed' } };

    expect(metaDifferences({ ...wanted, [name]: value }, wanted)).toEqual([said]);
  });

  it('differs neither by its start and its format nor by the order of statuses', () => {
    const wanted: StreamMeta = { ...META, statuses: { a: 'completed', b: 'cancelled' } };
    const statuses = { b: 'cancelled', a: 'completed' } as const;

    expect(metaDifferences({ ...wanted, statuses, start: 'x', logFormat: 0 }, wanted)).toEqual([]);
  });
});
