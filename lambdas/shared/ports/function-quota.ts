/** How many functions an account may run at a time. */
export interface FunctionQuota {
  /** What no function has reserved for itself. */
  unreserved(): Promise<UnreservedFunctions>;
}

/** `unknown`: whoever is asked does not say, for the reason given; that is no error. */
export type UnreservedFunctions =
  | { readonly status: 'known'; readonly functions: number }
  | { readonly status: 'unknown'; readonly reason: string };
