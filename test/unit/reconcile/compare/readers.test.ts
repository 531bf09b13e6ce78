import { describe, expect, it } from 'vitest';
import { reconcile } from '../../../../lambdas/reconcile/compare/compare-tables.ts';
import { TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { keysOf } from '../../../support/batch-runs.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { aRecord } from '../../../support/lake-records.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { classesOf, lakeOf, OPTIONS } from '../../../support/reconcile-runs.ts';

/** A lake that may be read and not be written to. */
function readOnly(lake: ObjectStore): ObjectStore {
  return hookedStore(lake, (operation, key) => {
    // Nothing can be removed anywhere.
    if (operation === 'delete' && key === '') return;
    if (['put', 'write', 'commit', 'delete'].includes(operation)) {
      throw new TerminalError('storage_error', `${key}: the file system is read-only (EROFS)`);
    }
  });
}

const BATCH = Array.from({ length: 300 }, (_, i) => aRecord(`o${i}`));
const STREAM = BATCH.slice(7);
/** So little that everything is spilled. */
const TINY = { memoryLimitBytes: 1_000 };

describe('a comparison by whoever may only read', () => {
  it('leaves the report out and says why, and nothing else differs', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const before = await keysOf(lake);

    const result = await reconcile(readOnly(lake), { ...OPTIONS, mayLackReport: true });

    const whole = await reconcile(lake, OPTIONS);
    expect(result).toEqual({ ...whole, reportProblem: result.reportProblem });
    expect(whole.reportProblem).toBeNull();
    expect(result.reportProblem).toBe(`${whole.reportKey}: the file system is read-only (EROFS)`);
    expect(classesOf(result)).toMatchObject({ not_in_stream: 7 });
    expect((await keysOf(lake)).filter((key) => !before.includes(key))).toEqual([whole.reportKey]);
  });

  it('spills to the other place, from the start again', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const elsewhere = new MemoryObjectStore();
    const options = { ...OPTIONS, ...TINY, mayLackReport: true, otherWork: () => elsewhere };

    const result = await reconcile(readOnly(lake), options);

    expect(classesOf(result)).toMatchObject({ not_in_stream: 7 });
    expect((await keysOf(elsewhere)).length).toBeGreaterThan(3);
    expect(await keysOf(lake, 'work/')).toEqual([]);
  });

  it('spills to the other place where the lake becomes full', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    let spilled = 0;
    const full = hookedStore(lake, (operation, key) => {
      if (operation !== 'commit' || !key.startsWith('work/') || ++spilled <= 2) return;
      throw new TerminalError('storage_error', `${key}: no space left on the device (ENOSPC)`);
    });
    const options = { ...OPTIONS, ...TINY, otherWork: () => new MemoryObjectStore() };

    const result = await reconcile(full, options);

    expect(classesOf(result)).toMatchObject({ not_in_stream: 7 });
    expect(result.reportProblem).toBeNull();
    expect(await keysOf(lake, 'work/')).toEqual([]);
  });

  it('fails with the first refusal where there is no other place', async () => {
    const lake = readOnly(await lakeOf({ batch: BATCH, stream: STREAM }));

    await expect(reconcile(lake, { ...OPTIONS, ...TINY })).rejects.toMatchObject({
      code: 'storage_error',
      message: expect.stringMatching(/^work\/reconcile-.*read-only \(EROFS\)$/),
    });
    await expect(reconcile(lake, OPTIONS)).rejects.toMatchObject({
      message: expect.stringMatching(/^reports\/reconcile\/.*read-only \(EROFS\)$/),
    });
  });

  it('says what killed comparisons left that cannot be removed', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const left = 'work/reconcile-20260103T120000Z-c/1';
    await lake.put(left, new Uint8Array(1));
    const said: string[] = [];
    const options = {
      ...OPTIONS,
      mayLackReport: true,
      onWarning: (message: string) => said.push(message),
    };

    await reconcile(readOnly(lake), options);

    expect(said).toEqual([
      `cannot remove files of earlier comparisons: ${left}: ` +
        'the file system is read-only (EROFS)',
    ]);
  });
});
