import { LANDING_FOLDERS } from '../model/dimension.ts';
import { TerminalError } from '../model/errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { IgnoredObjects } from './list-landing.ts';

/** Objects looked at for a message. */
const MAX_OBJECTS = 1_000;
const MAX_FOLDERS = 5;

/**
 * Builds the `landing_empty` error of a run without orders files: it says what was found instead
 * and what to do.
 */
export async function emptyLanding(
  landing: ObjectStore,
  landingName: string,
  { ignored }: { readonly ignored: IgnoredObjects },
): Promise<TerminalError> {
  const found = await foundInstead(landing);
  const hidden =
    ignored.example === null
      ? []
      : [`names that begin with . or _ are ignored (${ignored.example})`];
  const details = [...found, ...hidden, 'put files of any name into orders/'];
  return new TerminalError(
    'landing_empty',
    `no orders file in ${landingName}: ${details.join('; ')}`,
  );
}

/** Number of files outside the three folders, by the folder of each. */
async function foundInstead(landing: ObjectStore): Promise<string[]> {
  const counts = new Map<string, number>();
  let total = 0;
  for await (const { key } of landing.list('')) {
    if (total === MAX_OBJECTS) break;
    total += 1;
    const cut = key.indexOf('/');
    const folder = cut < 0 ? 'its root' : `${key.slice(0, cut)}/`;
    if (LANDING_FOLDERS.includes(key.slice(0, Math.max(cut, 0)))) continue;
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  if (total === 0) return ['it is empty (npx tandem generate writes sample data)'];
  if (counts.size === 0) return [];
  const files = (count: number) => {
    const isMore = total === MAX_OBJECTS;
    return `${count}${isMore ? ' or more' : ''} ${count === 1 && !isMore ? 'file' : 'files'}`;
  };
  const shown = [...counts].slice(0, MAX_FOLDERS).map(([folder, count]) => {
    return `${files(count)} in ${folder}`;
  });
  const rest = counts.size - shown.length;
  return [`found ${shown.join(', ')}${rest > 0 ? ` and ${rest} more folders` : ''}`];
}
