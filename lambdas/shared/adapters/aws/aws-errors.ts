import { RetryableError, TerminalError } from '../../model/errors.ts';

/** What the SDK throws: an answer of the service, or what Node says of the connection. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * `throttled`, `unreached`: nothing was done, and may be tried again. `unanswered`: it may have
 * been done. `denied`: not allowed, or not known who asks. `refused`: another answer of the
 * service. `none_of_aws`: no error of the SDK's, so a bug.
 */
export type Trouble =
  | 'throttled'
  | 'unreached'
  | 'unanswered'
  | 'denied'
  | 'refused'
  | 'none_of_aws';

const THROTTLES = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
/** No connection came about. */
const UNREACHED = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);
const NO_CONNECTION = /did not establish a connection/;
/**
 * Names of S3 and KMS errors with status 400 that mean a timeout: bytes or an answer did not come
 * in time.
 */
const TIMEOUTS = new Set([
  'DependencyTimeoutException',
  'KMSInternalException',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
]);
const DENIALS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AllAccessDisabled',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);
/** Regions are part of the name of a bucket's server and of a signature. */
const WRONG_REGION = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
]);

/**
 * Classifies an error of the SDK by name, HTTP status and Node's error code: whether the request
 * surely had no effect (`throttled`, `unreached`, `denied`, `refused`) or may have had one
 * (`unanswered`). Other errors are `none_of_aws`.
 */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return 'none_of_aws';
  const { message, code } = error as SdkError;
  // S3 passes on what KMS says: `KMS.ThrottlingException`.
  const name = error.name.replace(/^KMS\./, '');
  const status = statusOf(error);
  if (THROTTLES.has(name) || status === 429) return 'throttled';
  if (UNREACHED.has(code ?? '') || NO_CONNECTION.test(message)) return 'unreached';
  if (TIMEOUTS.has(name) || (status ?? 0) >= 500) return 'unanswered';
  if (DENIALS.has(name) || status === 401 || status === 403) return 'denied';
  // A success that cannot be read is none that can be relied on.
  if (status !== undefined) return status < 300 ? 'unanswered' : 'refused';
  // Node's errors of sockets and of the protocol have a code: ECONNRESET, HPE_INVALID_CONSTANT.
  return typeof code === 'string' ? 'unanswered' : 'none_of_aws';
}

/** HTTP status of the answer that an SDK error reports; undefined if no answer came. */
export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode;
}

/** True for an error with this name, as the service gives it (`ResourceNotFoundException`). */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

export interface AwsCall {
  /** What was asked of whom: `put a/b into bucket x`. */
  readonly what: string;
  /** `bucket x`, for the policy that is looked for. */
  readonly resource: string;
  /** The action in a policy: `s3:PutObject`. */
  readonly permission: string;
}

/**
 * Maps an SDK error without special meaning for the call to `RetryableError` (throttle, no
 * connection, no answer) or `TerminalError` (denied, refused). Any other error is returned
 * unchanged.
 */
export function toCallError(error: unknown, { what, resource, permission }: AwsCall): unknown {
  const trouble = troubleOf(error);
  if (!(error instanceof Error) || trouble === 'none_of_aws') return error;
  const options = { cause: error };
  const said = `${what}: ${saidBy(error)}`;
  if (trouble === 'denied') {
    const advice = `allow ${permission} on ${resource}, or check which credentials are in use`;
    return new TerminalError('access_denied', `${said}: ${advice}`, options);
  }
  if (trouble !== 'refused') return new RetryableError(said, options);
  if (WRONG_REGION.has(error.name) || statusOf(error) === 301) {
    const advice = `${resource} is not in the region of AWS_REGION`;
    return new TerminalError('wrong_region', `${said}: ${advice}`, options);
  }
  return new TerminalError('aws_refused', said, options);
}

/** Runs an AWS call and throws what `toCallError` makes of its error. */
export async function asked<T>(call: AwsCall, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw toCallError(error, call);
  }
}

/** An error's name and message for people: `SlowDown: Please reduce your request rate.` */
export function saidBy({ name, message }: Error): string {
  return message === '' || message === name ? name : `${name}: ${message}`;
}
