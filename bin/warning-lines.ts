import { type Warning, warningText } from '../lambdas/shared/model/warning.ts';
import { visible } from './visible-text.ts';

/** A line each, for people; no value of an input can move the cursor. */
export function warningLines(warnings: readonly Warning[]): string {
  return warnings.map((warning) => `warning: ${visible(warningText(warning))}\n`).join('');
}
