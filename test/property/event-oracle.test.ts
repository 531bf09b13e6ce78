import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messyEvent } from '../support/messy-events.ts';
import { readEvent } from '../support/oracle/event.ts';
import { scannedEvent } from '../support/scanned-records.ts';
import { seed } from '../support/seed.ts';

it('reads every event as the oracle does', () => {
  fc.assert(
    fc.property(messyEvent, (event) => {
      const { issue, values } = scannedEvent(event);

      expect({ issue, values }).toEqual(readEvent(event));
    }),
    { seed, numRuns: 6_000 },
  );
});

it('adds exactly one record for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (event) => {
      const { issue } = scannedEvent(event);

      expect(issue).toBe(readEvent(event).issue);
    }),
    { seed, numRuns: 2_000 },
  );
});

it('meets each issue, and each kind of value, often enough to prove something', () => {
  const events = fc.sample(messyEvent, { seed, numRuns: 6_000 }).map(readEvent);
  const shareOf = (issue: string | null) =>
    events.filter((event) => event.issue === issue).length / events.length;
  const values = events.flatMap((event) => Object.values(event.values ?? {}));

  expect(shareOf(null)).toBeGreaterThan(0.2);
  expect(shareOf('invalid_json')).toBeGreaterThan(0.2);
  expect(shareOf('invalid_utf8')).toBeGreaterThan(0.05);
  expect(shareOf('kpl_aggregated')).toBeGreaterThan(0.002);
  expect(values.filter((value) => value !== null).length).toBeGreaterThan(2_000);
  expect(values.filter((value) => value?.includes('\n')).length).toBeGreaterThan(20);
  expect(values.filter((value) => value?.includes('😀')).length).toBeGreaterThan(100);
});
