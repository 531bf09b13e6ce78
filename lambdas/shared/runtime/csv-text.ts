/** Quoted where RFC 4180 wants it: the value as it is for every reader of CSV. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * As `csvField`, for files that people open in a spreadsheet: text that it would run as a formula
 * gets a `'` in front (contract §3.1; OWASP, "CSV injection").
 */
export function spreadsheetField(text: string): string {
  return csvField(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
}
