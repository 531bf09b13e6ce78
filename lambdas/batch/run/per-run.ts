/** One value at a time, as long as the run is the same: a process serves many steps of one run. */
export class PerRun<Value> {
  #runId = '';
  #value: Promise<Value> | null = null;

  async of(runId: string, make: () => Promise<Value>): Promise<Value> {
    if (this.#runId !== runId || this.#value === null) {
      this.#runId = runId;
      this.#value = make();
      this.#value.catch(() => {
        this.#value = null;
      });
    }
    return await this.#value;
  }
}
