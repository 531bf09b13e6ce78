/** A slice that waits in the exchange. */
export interface SliceRef {
  readonly sourceIndex: number;
  readonly sizeBytes: number;
  /** The slice where it stands in memory, or null: it has to be fetched. */
  readonly inMemory: Uint8Array | null;
  /**
   * Fetches it into `target`, which has its size. Undefined: it is there at once, as nearly every
   * small slice is; a promise for each of a million costs more than the copy.
   */
  fetch(target: Uint8Array): Promise<void> | undefined;
}
