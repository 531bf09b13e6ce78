import { writeSync } from 'node:fs';
import { SqliteStateStore } from '../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import type { StateOperation } from '../../lambdas/shared/ports/state-store.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { newToken } from './state-facts.ts';

/**
 * One of several processes that append to one log: N entries to the log of `pk`, each with a copy
 * under another `pk`, in the store of a lake. Each version that it has committed is printed before
 * it goes on, so that whoever kills it knows what was answered.
 */
const [lakeRoot, pk, times] = process.argv.slice(2);
const store = await SqliteStateStore.open({ lakeRoot, clock: new SystemClock() });

function append(version: number): StateOperation[] {
  const sk = `LOG#${`${version}`.padStart(12, '0')}`;
  const attributes = { by: process.pid, padding: 'x'.repeat(version % 5_000) };
  const previous = { attribute: 'version', equals: version - 1 };
  return [
    { kind: 'put', key: { pk, sk }, attributes, ifAbsent: true },
    { kind: 'put', key: { pk: `${pk}-copy`, sk }, attributes, ifAbsent: true },
    { kind: 'update', key: { pk, sk: 'HEAD' }, set: { version }, tests: [previous] },
  ];
}

for (let done = 0; done < Number(times); ) {
  const head = await store.get({ pk, sk: 'HEAD' });
  const version = Number(head?.attributes.version) + 1;
  const { status } = await store.transact(append(version), newToken());
  if (status === 'committed') {
    writeSync(1, `${version}\n`);
    done += 1;
  }
}
store.close();
