/** Decimals and 64-bit integers as text, days as `2026-01-31`, instants as ISO 8601. */
export type Row = Readonly<Record<string, string | number | null>>;
