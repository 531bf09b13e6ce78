import * as v from 'valibot';
import { group, instant } from './config-values.ts';

/** What a comparison of both doors looks at (contract §5). */
export const reconcile = v.pipe(
  v.strictObject({
    since: v.optional(
      v.nullable(
        instant(
          'orders before the window of this instant are left out on both sides, as by --since: ' +
            'when the stream began, if batch holds older orders; null: everything is compared',
        ),
      ),
      null,
    ),
  }),
  group('What `reconcile` compares.'),
  v.transform(({ since }) => ({ sinceMs: since })),
);
