import { parentPort, workerData } from 'node:worker_threads';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { assert } from '../../../lambdas/shared/model/errors.ts';
import { StageRunner, type StageTask } from './stage-runner.ts';
import { plainError } from './thread-error.ts';
import type { WorkerData, WorkerReply } from './worker-pool.ts';

const port = parentPort;
assert(port !== null, 'this file is the entry of a worker thread');
const { landingDir, lakeDir, settings } = workerData as WorkerData;
const landing = new FileObjectStore(landingDir);
const lake = new FileObjectStore(lakeDir);
const runner = new StageRunner(landing, lake, settings);

port.on('message', (task: StageTask) => {
  runner.run(task).then(
    (output) => port.postMessage({ kind: 'done', output } satisfies WorkerReply),
    (error: unknown) => {
      port.postMessage({ kind: 'failed', error: plainError(error) } satisfies WorkerReply);
    },
  );
});
