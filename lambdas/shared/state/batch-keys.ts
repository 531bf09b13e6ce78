/** Keys of what the batch door publishes (contract §3.1). */
export const BATCH_CURRENT_KEY = 'manifests/batch/CURRENT.json';

/** Key of the folder with one run's files of one table, ending in a slash. */
export function batchTableFolder(table: string, runId: string): string {
  return `tables/batch/${table}/run=${runId}/`;
}
