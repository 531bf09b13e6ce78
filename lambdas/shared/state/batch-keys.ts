/** Keys of what the batch door publishes (contract §3.1). */
export const BATCH_CURRENT_KEY = 'manifests/batch/CURRENT.json';

/** The folder of one run of one table, with its slash. */
export function batchTableFolder(table: string, runId: string): string {
  return `tables/batch/${table}/run=${runId}/`;
}
