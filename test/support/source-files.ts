import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../..');

/** A text file of the project; `path` from its root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly lines: readonly string[];
}

const TEXT = /\.(ts|js|json|md|ya?ml)$|^\.ci\/run$/;
const PASSED_OVER = new Set([
  '.cache',
  '.git',
  'coverage',
  'data',
  'dist',
  'node_modules',
  'package-lock.json',
]);

/** Every text file that belongs to the project, in order of paths. */
export function readProject(): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(projectRoot, path).split(sep).join('/');
      if (PASSED_OVER.has(entry.name)) continue;
      if (entry.isDirectory()) visit(path);
      else if (TEXT.test(name)) {
        files.push({ path: name, lines: readFileSync(path, 'utf8').split('\n') });
      }
    }
  };
  visit(projectRoot);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function isCode(file: SourceFile): boolean {
  return /\.(ts|js)$/.test(file.path);
}

export function isTest(file: SourceFile): boolean {
  return file.path.startsWith('test/');
}

/** The same file with its comments and literal texts left out, line by line. */
export function withoutTexts({ path, lines }: SourceFile): SourceFile {
  const kept = lines.map((line) =>
    /^\s*(?:\*|\/\*|\/\/)/.test(line) ? '' : line.replace(/'[^']*'|`[^`]*`|\/\/.*$/g, ''),
  );
  return { path, lines: kept };
}

/** `path:line: text` of every line that matches. */
export function findLines(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, i) =>
      pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : [],
    ),
  );
}

/** What a file imports: paths from the root for files of the project, package names otherwise. */
export function importsOf(file: SourceFile): string[] {
  const found = file.lines.join('\n').matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, name]) =>
    name.startsWith('.') ? posix.join(dirname(file.path), name) : name,
  );
}

/** What a file loads where it runs: as `importsOf`, without what is only a type. */
function loadedBy(file: SourceFile): string[] {
  const found = file.lines
    .join('\n')
    .matchAll(/^(?:import|export) (?!type\b)(?:([^;']*?)\bfrom )?'([^']+)'/gm);
  return [...found]
    .filter(([, names = '']) => !/^\{(\s*type [^,}]+,?)+\s*\} $/.test(names))
    .map(([, , name]) => (name.startsWith('.') ? posix.join(dirname(file.path), name) : name));
}

/** The files and packages that are loaded together with a file, at any distance. */
export function loadedWith(files: readonly SourceFile[], path: string): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const loaded = new Set([path]);
  for (const name of loaded) {
    const file = byPath.get(name);
    if (file !== undefined) for (const next of loadedBy(file)) loaded.add(next);
  }
  return loaded;
}
