/** Everything that draws takes its draws from here, so that a simulation can repeat them. */
export interface Randomness {
  /** From 0 up to, but not including, 1. */
  fraction(): number;
  /** 16 hexadecimal digits, unique to this draw. */
  id(): string;
}
