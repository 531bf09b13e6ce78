/** What the simulation is there to find: something that the protocol rules out has happened. */
export class Violation extends Error {
  override readonly name = 'Violation';
  /** Which invariant of stream protocol §9, or what else was broken. */
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(message);
    this.invariant = invariant;
  }
}

export function expectThat(
  condition: boolean,
  invariant: string,
  message: () => string,
): asserts condition {
  if (!condition) throw new Violation(invariant, message());
}
