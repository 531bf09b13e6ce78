import type { Failure } from '../base/failure.ts';
import { visible, visibleLines } from './visible-text.ts';

/**
 * The line to print for people: what went wrong, and in brackets the code under which
 * docs/errors.md says what to do.
 */
export function failureText({ code, message }: Pick<Failure, 'code' | 'message'>): string {
  // A wrong config gets a line per problem; any other failure is one line, whatever it quotes.
  const text = code === 'config_invalid' ? visibleLines(message) : visible(message);
  return `tandem: ${text} (${code})\n`;
}
