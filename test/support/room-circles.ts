import { posix } from 'node:path';
import { importsOf, type SourceFile } from './source-files.ts';

/** Only started, never imported by the room they are in. */
const ENTRY_POINTS = /(^|\/)handler[.]ts$/;

/**
 * The circles of rooms directly below `root`, each as one text: the rooms, and the imports between
 * them. A folder is a room with all that is below it, and so is a file that lies loose, but for an
 * entry point.
 */
export function circlesOf(files: readonly SourceFile[], root: string): string[] {
  const imports = importsBetweenRooms(files, root);
  const targetsOf = new Map([...imports].map(([room, targets]) => [room, [...targets.keys()]]));
  const reachable = new Map([...imports.keys()].map((room) => [room, reach(targetsOf, room)]));
  const seen = new Set<string>();
  return [...imports.keys()].sort().flatMap((room) => {
    if (seen.has(room) || !reachable.get(room)?.has(room)) return [];
    const isTied = (other: string) =>
      reachable.get(room)?.has(other) === true && reachable.get(other)?.has(room) === true;
    const rooms = [...imports.keys()].filter(isTied).sort();
    for (const other of rooms) seen.add(other);
    const lines = rooms.flatMap((from) =>
      rooms.flatMap((to) => [...(imports.get(from)?.get(to) ?? [])]),
    );
    return [`${root}: ${rooms.join(', ')} import each other:\n  ${lines.join('\n  ')}`];
  });
}

type ImportsBetween = Map<string, Map<string, string[]>>;

/** By room and by the room that it imports: `file imports file`. */
function importsBetweenRooms(files: readonly SourceFile[], root: string): ImportsBetween {
  const rooms: ImportsBetween = new Map();
  for (const file of files) {
    const from = roomOf(file.path, root);
    if (from === null) continue;
    const targets = rooms.get(from) ?? new Map<string, string[]>();
    rooms.set(from, targets);
    for (const name of importsOf(file)) {
      const to = roomOf(name, root);
      if (to === null || to === from) continue;
      const line = `${file.path} imports ${name}`;
      targets.set(to, [...(targets.get(to) ?? []), line]);
    }
  }
  return rooms;
}

/** Null for a file elsewhere, and for an entry point. */
function roomOf(path: string, root: string): string | null {
  const name = posix.relative(root, path);
  const isEntry = !name.includes('/') && ENTRY_POINTS.test(name);
  return name.startsWith('..') || isEntry ? null : name.split('/')[0];
}

/** Rooms that are imported by a room, at any distance. */
function reach(targetsOf: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const found = new Set(targetsOf.get(start));
  for (const room of found) for (const next of targetsOf.get(room) ?? []) found.add(next);
  return found;
}
