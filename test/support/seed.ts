/** Of every generated test: fixed, so that a failure comes again; `TANDEM_SEED` draws others. */
export const seed = Number(process.env.TANDEM_SEED ?? 20260101);
