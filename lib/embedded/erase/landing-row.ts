import { listDimension } from '../../../lambdas/shared/ingest/list-landing.ts';
import { dimensionForm } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { CUSTOMERS } from '../../../lambdas/shared/model/dimension.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { type CustomerValues, customerRowsIn, NOTHING_KNOWN } from './customer-rows.ts';

/**
 * What landing says about a customer now, which published rows must then say: its first row, or
 * nothing without one. Throws `TerminalError` `customer_not_erased` if any row still has a name or
 * an e-mail address, unless `mayHaveNames`; and the errors of reading the files.
 */
export async function landingValues(
  { landing, config }: Pick<StreamContext, 'landing' | 'config'>,
  customerId: string,
  { mayHaveNames }: { readonly mayHaveNames: boolean },
): Promise<CustomerValues> {
  let first: CustomerValues | null = null;
  const named: string[] = [];
  for (const file of await listDimension(landing, 'customers')) {
    const form = dimensionForm(file.key, CUSTOMERS, config);
    const rows = await customerRowsIn(landing, { ...file, form }, customerId);
    for (const { offset, ...values } of rows) {
      first ??= values;
      const hasName = values.customer_name !== null || values.customer_email !== null;
      if (hasName) named.push(`${file.key} at byte ${offset}`);
    }
  }
  if (named.length > 0 && !mayHaveNames) {
    const places = named.slice(0, 5).join(', ');
    throw new TerminalError(
      'customer_not_erased',
      `landing still has a name or an e-mail address of customer ${customerId} (${places}): clear ` +
        'both or delete the row, and upload the file again; --replace accepts the current values',
    );
  }
  return first ?? NOTHING_KNOWN;
}
