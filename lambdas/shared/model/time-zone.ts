/** Without a sign in front: `+01:00` is an offset, which not every runtime takes for a zone. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/** Whether the runtime knows this IANA time zone; `Europe/Berlin` and links as `UTC` are some. */
export function isTimeZone(timeZone: string): boolean {
  try {
    return NAME.test(timeZone) && new Intl.DateTimeFormat('en', { timeZone }) !== null;
  } catch (error) {
    // The one way to ask whether a zone is known.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
