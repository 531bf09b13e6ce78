import { type CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { assert, OutcomeUnknownError, RetryableError, TerminalError } from '../../model/errors.ts';
import type { StateOperation, TransactResult } from '../../ports/state-store.ts';
import { isNamed, saidBy, toCallError } from './aws-errors.ts';
import { NoAnswerError } from './lost-answers.ts';

/** Reasons that pass: another transaction was at the item, or too much was asked of the table. */
const PASSING = new Set([
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);
/** "Item size to update has exceeded the maximum allowed size", "aggregate size of the items". */
const TOO_LARGE = /size|exceed/i;

/**
 * Reads why a transaction was cancelled; reasons come in the order of the operations. Throws
 * `RetryableError` if a conflict or throttle left any condition unjudged, `RangeError` if an item
 * is too large, `TerminalError` `aws_refused` otherwise.
 */
export function resultOfCancellation(
  error: TransactionCanceledException,
  operations: readonly StateOperation[],
): TransactResult {
  const reasons = error.CancellationReasons ?? [];
  assert(
    reasons.length === operations.length,
    `${reasons.length} reasons for a cancelled transaction of ${operations.length} operations`,
  );
  const said = (i: number): string => describeReason(reasons[i], operations[i]);
  const passing = reasons.findIndex(({ Code = 'None' }) => PASSING.has(Code));
  if (passing !== -1) throw new RetryableError(said(passing), { cause: error });
  const failed = reasons.flatMap(({ Code }, i) => (Code === 'ConditionalCheckFailed' ? [i] : []));
  if (failed.length > 0) return { status: 'condition_failed', failed };
  const refused = reasons.findIndex(({ Code = 'None' }) => Code !== 'None');
  assert(refused !== -1, 'a cancelled transaction has a reason');
  const { Code, Message = '' } = reasons[refused];
  if (Code === 'ValidationError' && TOO_LARGE.test(Message)) {
    throw new RangeError(said(refused), { cause: error });
  }
  throw new TerminalError('aws_refused', said(refused), { cause: error });
}

function describeReason({ Code, Message }: CancellationReason, operation: StateOperation): string {
  const { kind, key } = operation;
  return `${kind} ${key.pk} / ${key.sk}: ${Code}: ${Message ?? 'no message'}`;
}

/**
 * Maps a failed transaction without reasons: no answer becomes `OutcomeUnknownError`, too large or
 * another request with the same token `RangeError`, the rest as in `toTableError`.
 */
export function toTransactError(error: unknown, tableName: string): unknown {
  if (error instanceof NoAnswerError) {
    const message = `transact on table ${tableName}: no answer: ${error.message}`;
    return new OutcomeUnknownError(message, { cause: error });
  }
  if (!(error instanceof Error)) return error;
  const said = `transact on table ${tableName}: ${saidBy(error)}`;
  if (isNamed(error, 'TransactionInProgressException')) {
    return new OutcomeUnknownError(`${said}: an earlier attempt is still running`, {
      cause: error,
    });
  }
  const isTooLarge = isNamed(error, 'ValidationException') && TOO_LARGE.test(error.message);
  if (isTooLarge || isNamed(error, 'IdempotentParameterMismatchException')) {
    return new RangeError(said, { cause: error });
  }
  return toTableError(
    error,
    tableName,
    'dynamodb:PutItem, UpdateItem, DeleteItem, ConditionCheckItem',
  );
}

/**
 * Maps an error of a table call: `TerminalError` `table_not_found` if there is no such table,
 * otherwise as `toCallError` does.
 */
export function toTableError(error: unknown, tableName: string, permission: string): unknown {
  if (isNamed(error, 'ResourceNotFoundException')) {
    const message = `no table ${tableName}: check the name, the account and the region`;
    return new TerminalError('table_not_found', message, { cause: error });
  }
  const resource = `table ${tableName}`;
  return toCallError(error, { what: `ask ${resource}`, resource, permission });
}

/** True if DynamoDB cancelled a transaction and gave a reason per operation. */
export function isCancellation(error: unknown): error is TransactionCanceledException {
  return error instanceof TransactionCanceledException;
}
