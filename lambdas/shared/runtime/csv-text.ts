/** Quotes a value where RFC 4180 requires it, so that every CSV reader gets the value unchanged. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A CSV field for files opened in a spreadsheet: text that would run as a formula gets a leading
 * `'`, then RFC 4180 quoting (contract §3.1; OWASP, "CSV injection").
 */
export function spreadsheetField(text: string): string {
  return csvField(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
}
