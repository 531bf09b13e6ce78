import * as v from 'valibot';
import { group, oneOf } from './config-values.ts';
import { STATUSES, type Status } from './order.ts';

/**
 * Whether a value can be looked up as this text: trimmed and lower-cased (ASCII), as values are
 * before that, and of 1 to 64 UTF-16 units; `null` is read as missing.
 */
export const isPossibleSpelling = (text: string): boolean =>
  text !== '' &&
  text !== 'null' &&
  text.length <= 64 &&
  !/^[ \t\r\n\v\f]|[A-Z]|[ \t\r\n\v\f]$/.test(text);

/** Each status by its own name, and by others. */
const DEFAULT_STATUSES: Readonly<Record<string, Status>> = {
  ...Object.fromEntries(STATUSES.map((status) => [status, status])),
  complete: 'completed',
  done: 'completed',
  canceled: 'cancelled',
  cancel: 'cancelled',
  in_progress: 'processing',
  'in progress': 'processing',
};

/** The spellings of contract §2, those of the config on top; one set to null is taken out. */
function withDefaults(own: Readonly<Record<string, Status | null>>): Record<string, Status> {
  const all = Object.entries({ ...DEFAULT_STATUSES, ...own });
  return Object.fromEntries(all.filter((entry): entry is [string, Status] => entry[1] !== null));
}

/** Which record of an order id counts in a batch run. */
export type Keep = 'first' | 'last';

/** Rules of records that can be chosen. Parsed, `statuses` is the whole map, defaults included. */
export const rules = v.pipe(
  v.strictObject({
    statuses: v.optional(
      v.pipe(
        v.record(v.pipe(v.string(), v.check(isPossibleSpelling)), v.nullable(v.picklist(STATUSES))),
        v.check(
          (map) => Object.keys(map).length <= 1000 && Object.keys(withDefaults(map)).length > 0,
        ),
        v.metadata({
          description: 'spellings of each status; added to the defaults, which they override',
          allowed:
            'up to 1,000 spellings (lower-case, trimmed, not empty, not null) with one of ' +
            `${STATUSES.join(', ')}, or null to remove a spelling; at least one must remain`,
        }),
      ),
      DEFAULT_STATUSES,
    ),
    keep: v.optional(
      oneOf(
        ['first', 'last'],
        'which record of an order id counts in a batch run, by object key, then offset; last suits ' +
          'exports that repeat an order with its newest state; the stream always keeps the first',
      ),
      'first',
    ),
  }),
  group('Rules for records.'),
  v.transform(({ statuses, keep }) => ({ statuses: withDefaults(statuses), keep })),
);
