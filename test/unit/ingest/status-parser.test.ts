import { describe, expect, it } from 'vitest';
import { StatusParser, UNKNOWN_STATUS } from '../../../lambdas/shared/ingest/status-parser.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import { STATUSES, type Status } from '../../../lambdas/shared/model/order.ts';
import { placed } from '../../support/bytes-of.ts';

function parserOf(statuses: Readonly<Record<string, Status>>) {
  const parser = new StatusParser(statuses);
  return (text: string): Status | null => {
    const { view, start, end } = placed(text, 'done');
    const status = parser.parse(view, start, end);
    return status === UNKNOWN_STATUS ? null : STATUSES[status];
  };
}

describe('StatusParser', () => {
  const parse = parserOf(DEFAULT_CONFIG.rules.statuses);

  it.each([
    ['complete', 'completed'],
    ['COMPLETED', 'completed'],
    ['Done', 'completed'],
    ['cancelled', 'cancelled'],
    ['CaNcElEd', 'cancelled'],
    ['cancel', 'cancelled'],
    ['pending', 'pending'],
    ['processing', 'processing'],
    ['in_progress', 'processing'],
    ['In Progress', 'processing'],
  ])('reads %s', (text, status) => {
    expect(parse(text)).toBe(status);
  });

  it.each(['', 'completes', 'complet', 'in  progress', ' done', 'dоne', 'DONE!', 'x'.repeat(65)])(
    'knows no status %j',
    (text) => {
      expect(parse(text)).toBe(null);
    },
  );

  it('lower-cases ASCII letters alone', () => {
    const parseOwn = parserOf({ größe: 'pending', 'k@[`{': 'completed' });

    expect([parseOwn('GRößE'), parseOwn('GRÖßE'), parseOwn('K@[`{')]).toEqual([
      'pending',
      null,
      'completed',
    ]);
    expect(parseOwn('\u212a@[`{')).toBe(null);
  });

  it('knows no missing value, whatever the config names', () => {
    const parseOwn = parserOf({ none: 'pending', nan: 'pending', '\\n': 'pending' });

    expect(['None', 'NaN', '\\N'].map(parseOwn)).toEqual([null, null, null]);
    expect(['none', 'NONE', 'nan', '\\n'].map(parseOwn)).toEqual(Array(4).fill('pending'));
  });

  it('tells spellings apart that share a place in its memory', () => {
    const spellings = Array.from({ length: 900 }, (_, index) => `s${index}`);
    const parseOwn = parserOf(
      Object.fromEntries(spellings.map((text, index) => [text, STATUSES[index % 4]])),
    );

    for (const round of [spellings, spellings.toReversed()]) {
      for (const text of round) expect(parseOwn(text)).toBe(STATUSES[Number(text.slice(1)) % 4]);
    }
    expect(parseOwn('s900')).toBe(null);
  });

  it('refuses a spelling that is too long', () => {
    expect(() => new StatusParser({ ['x'.repeat(65)]: 'pending' })).toThrow(RangeError);
  });
});
