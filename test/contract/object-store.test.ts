import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { describeObjectStore } from './object-store.ts';

describeObjectStore('MemoryObjectStore', async () => ({
  store: new MemoryObjectStore(),
  close: async () => {},
}));

describeObjectStore(
  'FileObjectStore',
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'tandem-store-'));
    return {
      store: new FileObjectStore(join(root, 'lake')),
      close: async () => rmSync(root, { recursive: true, force: true }),
    };
  },
  { 'keeps keys that are no paths, each as it is': 'a file system takes `a//b` for `a/b`' },
);
