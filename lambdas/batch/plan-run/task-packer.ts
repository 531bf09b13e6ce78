/**
 * Cost of opening a file, in bytes that could be read meanwhile: about 9 ms of a step, with the
 * next files already on their way.
 */
export const FILE_WEIGHT = 512 * 1024;

/** Files in one task, at most: each has a result of about half a kilobyte. */
export const MAX_TASK_FILES = 10_000;

/**
 * Packs chunks into tasks, each a step of a map state. Files of one chunk share a task until their
 * bytes and weights reach `taskBytes`; a chunk of a file that was cut is a task of its own. Tasks
 * hold consecutive chunks, so their order is that of records.
 */
export class TaskPacker {
  /** For each task, the index of the chunk after its last one. */
  readonly taskEnds: number[] = [];
  chunkCount = 0;
  readonly #taskBytes: number;
  #filledBytes = 0;
  /** Files in the task that may still take more; 0: there is none. */
  #files = 0;

  constructor(taskBytes: number) {
    this.#taskBytes = taskBytes;
  }

  /** Takes the next file. */
  add(chunkCount: number, uncompressedBytes: number): void {
    if (chunkCount > 1) {
      for (let i = 0; i < chunkCount; i++) this.taskEnds.push(++this.chunkCount);
      this.#files = 0;
      return;
    }
    const bytes = uncompressedBytes + FILE_WEIGHT;
    const isFull = this.#files >= MAX_TASK_FILES || this.#filledBytes + bytes > this.#taskBytes;
    this.chunkCount += 1;
    if (this.#files === 0 || isFull) {
      this.taskEnds.push(this.chunkCount);
      this.#files = 1;
      this.#filledBytes = bytes;
      return;
    }
    this.taskEnds[this.taskEnds.length - 1] = this.chunkCount;
    this.#files += 1;
    this.#filledBytes += bytes;
  }
}
