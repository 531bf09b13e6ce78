/** What a function of a step may take. */
export interface StepLimits {
  readonly functionMemoryBytes: number;
  readonly timeLimitMs: number;
}
