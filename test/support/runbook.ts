import { readText } from '../docs/markdown.ts';

/** A chapter of the runbook and its commands, in order, as they stand there. */
export interface Chapter {
  readonly name: string;
  readonly commands: readonly string[];
}

/** Chapters of `docs/operations.md`, of whatever depth, by their names. */
export function runbookChapters(): ReadonlyMap<string, Chapter> {
  const chapters = new Map<string, { name: string; commands: string[] }>();
  let current = { name: '', commands: [] as string[] };
  let isShell = false;
  for (const line of readText('docs/operations.md').split('\n')) {
    const heading = /^#{2,4} (.+)$/.exec(line);
    if (heading !== null && !isShell) {
      current = { name: heading[1], commands: [] };
      chapters.set(current.name, current);
    } else if (line.startsWith('```')) {
      isShell = line === '```sh';
    } else if (isShell) {
      const command = line.replace(/\s+# .*$/, '').trim();
      if (command !== '') current.commands.push(command);
    }
  }
  return chapters;
}

/** Of a chapter, with what stands in capitals filled in. Throws where something is left. */
export function commandsOf(name: string, values: Readonly<Record<string, string>>): string[][] {
  const chapter = runbookChapters().get(name);
  if (chapter === undefined || chapter.commands.length === 0) {
    throw new Error(`docs/operations.md has no commands for ${name}`);
  }
  return chapter.commands.map((command) => {
    const filled = command.replace(/\b[A-Z][A-Z_]+\b/g, (word) => {
      const value = values[word];
      if (value === undefined)
        throw new Error(`${name}: nobody says what ${word} is in ${command}`);
      return value;
    });
    return filled.split(' ');
  });
}
