import { ownRules, type RecordRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import { ORDER_FIELDS } from '../../lambdas/shared/model/order.ts';

/** Rules of a file whose prices are those of whole lines. */
export const lineRules: RecordRules = {
  ...ownRules(DEFAULT_CONFIG.rules.statuses),
  pricePer: 'line',
};

/** A span that every batch has. */
export const CUSTOMER_SLOT = ORDER_FIELDS.indexOf('customer_id');
