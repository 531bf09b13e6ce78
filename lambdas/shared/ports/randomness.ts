/** Everything that draws takes its draws from here, so that a simulation can repeat them. */
export interface Randomness {
  /** At least 0, below 1. */
  fraction(): number;
  /** 16 hexadecimal digits that nobody else draws. */
  id(): string;
}
