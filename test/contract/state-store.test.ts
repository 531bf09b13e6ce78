import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStateStore } from '../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { MemoryStateStore } from '../support/memory/memory-state-store.ts';
import { describeStateStore } from './state-store.ts';

describeStateStore('MemoryStateStore', async () => ({
  store: new MemoryStateStore(),
  close: async () => {},
}));

describeStateStore('SqliteStateStore', async () => {
  const lakeRoot = mkdtempSync(join(tmpdir(), 'tandem-state-'));
  const store = await SqliteStateStore.open({ lakeRoot, clock: new SystemClock() });
  return {
    store,
    close: async () => {
      store.close();
      rmSync(lakeRoot, { recursive: true, force: true });
    },
  };
});
