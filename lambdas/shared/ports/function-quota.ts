/** How many functions an account may run at a time. */
export interface FunctionQuota {
  /** What no function has reserved for itself. */
  unreserved(): Promise<UnreservedFunctions>;
}

/** `unknown`: the service does not say, for the given reason; that is not an error. */
export type UnreservedFunctions =
  | { readonly status: 'known'; readonly functions: number }
  | { readonly status: 'unknown'; readonly reason: string };
