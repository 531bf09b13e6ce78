import * as v from 'valibot';
import { group, instant } from './config-values.ts';

/** What a comparison of both doors looks at (contract §5). */
export const reconcile = v.pipe(
  v.strictObject({
    since: v.optional(
      v.nullable(
        instant(
          'compare only orders from the window of this instant on, as with --since; set it to the ' +
            'start of the stream if batch holds older orders; null: compare all orders',
        ),
      ),
      null,
    ),
  }),
  group('Comparison of batch and stream (`tandem reconcile`).'),
  v.transform(({ since }) => ({ sinceMs: since })),
);
