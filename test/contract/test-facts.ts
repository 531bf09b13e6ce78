import { expect, it } from 'vitest';

/** Why something cannot keep a promise, by the fact that shows the promise. */
export type Exceptions = Readonly<Record<string, string>>;

/**
 * One test for each fact. A fact with an exception is run all the same, and has to fail: an
 * exception that is no longer one is to go from the list.
 */
export function testFacts<Check>(
  facts: Readonly<Record<string, Check>>,
  exceptions: Exceptions,
  run: (check: Check) => Promise<void>,
): void {
  const unknown = Object.keys(exceptions).filter((fact) => !Object.hasOwn(facts, fact));
  if (unknown.length > 0) throw new Error(`exceptions without a fact: ${unknown.join(', ')}`);
  for (const [fact, check] of Object.entries(facts)) {
    const reason = exceptions[fact];
    if (reason === undefined) it(fact, () => run(check));
    else it(`does not keep: ${fact}: ${reason}`, () => expect(run(check)).rejects.toThrow());
  }
}
