/** Every function, and the folder below `lambdas/` that its handler is in. */
export const FUNCTION_FOLDERS = {
  startRun: 'batch/start-run',
  planRun: 'batch/plan-run',
  mapChunk: 'batch/map-chunk',
  checkChunks: 'batch/check-chunks',
  reduceBucket: 'batch/reduce-bucket',
  mergeAggregates: 'batch/merge-aggregates',
  publishRun: 'batch/publish-run',
  endRun: 'batch/end-run',
  consumeOrders: 'stream/consume',
  publishEpoch: 'stream/publish',
  publishShard: 'stream/publish/shard-function',
  drain: 'stream/operate/drain',
  redrive: 'stream/operate/redrive',
  replay: 'stream/operate/replay',
  reconcile: 'reconcile/steps',
  registerTables: 'catalogue/register-tables',
} as const;

export type FunctionName = keyof typeof FUNCTION_FOLDERS;

export const FUNCTION_NAMES = Object.keys(FUNCTION_FOLDERS) as readonly FunctionName[];
