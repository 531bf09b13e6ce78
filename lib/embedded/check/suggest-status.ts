import type { Status } from '../../../lambdas/shared/model/order.ts';
import { advice, ofField, type Suggestion, type SuggestionContext } from './suggestion.ts';

/** Words in spellings that say what a status means; the first list that has one of them counts. */
const WORDS: readonly (readonly [Status, RegExp])[] = [
  [
    'cancelled',
    /cancel|annul|void|storn|refund|erstatt|rembours|return|retour|declin|reject|fail|expired|denied|reversed/,
  ],
  [
    'pending',
    /pend|await|unpaid|unfulfil|hold|open|offen|wait|teil|partial|draft|created|unshipped|authori[sz]ed|attente/,
  ],
  ['processing', /process|progress|bearbeit|packing|picking|preparing|cours/],
  [
    'completed',
    /paid|complet|done|ship|fulfil|deliver|closed|success|succeed|captur|settle|bezahlt|versand|versendet|abgeschlossen|erledigt|payé|livré|^ok$/,
  ],
];

/** Spellings named in a text. */
const MAX_NAMED = 10;

/** Which spellings there are, how often, and what they seem to mean; of all records looked at. */
export function suggestStatus(
  values: readonly string[],
  context: SuggestionContext,
): Suggestion | null {
  const counts = new Map<string, number>();
  for (const value of values) {
    const spelling = value.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    counts.set(spelling, (counts.get(spelling) ?? 0) + 1);
  }
  const spellings = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (spellings.length === 0) return null;
  const guesses = spellings.flatMap(([spelling]): [string, Status][] => {
    const status = statusLike(spelling);
    return status === null ? [] : [[spelling, status]];
  });
  const named = spellings.slice(0, MAX_NAMED).map(([spelling, n]) => `${spelling} (${n})`);
  const rest = spellings.length - named.length;
  const found = `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  if (guesses.length === 0) {
    return advice(`${found}: say what each means under values of the field, or rules.statuses`);
  }
  const isAll = guesses.length === spellings.length;
  const text =
    `${found}; ${isAll ? 'check these guesses' : 'guessed in part: add the others'}, or set ` +
    'rules.statuses for all files';
  const known = context.mapping?.fields.status?.values ?? {};
  const meanings = { ...known, ...Object.fromEntries(guesses.slice(0, MAX_NAMED)) };
  return ofField(text, 'status', { values: meanings }, context);
}

function statusLike(spelling: string): Status | null {
  return WORDS.find(([, words]) => words.test(spelling))?.[0] ?? null;
}
