import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWrittenByHand, undocumentedFunctions } from './support/doc-comments.ts';
import { readProgram } from './support/program-files.ts';
import {
  findLines,
  isCode,
  isTest,
  projectRoot,
  readProject,
  withoutTexts,
} from './support/source-files.ts';

const files = readProject();
const code = files.filter(isCode);
const product = code.filter((file) => !isTest(file));
const tests = code.filter(isTest);
const program = readProgram();
/** Joined, so that this file does not find itself. */
const word = (...parts: string[]): string => parts.join('');

it('finds the files it is about', () => {
  expect(product.map((file) => file.path)).toContain('lambdas/shared/model/tables.ts');
  expect(tests.map((file) => file.path)).toContain('test/tidy.test.ts');
});

describe('sizes', () => {
  it('keeps every file within 300 lines, but for what is made from the schema', () => {
    const written = code.filter((file) => !file.lines[0].startsWith('// Made by `npm run '));
    const long = written.filter((file) => file.lines.length > 301);
    expect(long.map((file) => `${file.path}: ${file.lines.length - 1} lines`)).toEqual([]);
  });

  it('keeps every line within 100 columns, except for the end of a literal text', () => {
    const byPath = new Map(program.map((file) => [file.path, file]));
    const long = code.flatMap(({ path, lines }) => {
      const texts = byPath.get(path)?.texts ?? [];
      let start = 0;
      return lines.flatMap((line, i) => {
        const edge = start + 80;
        const end = start + line.length;
        start = end + 1;
        const isWide = [...line].length > 100;
        const endsInText = texts.some((text) => text.start < end && text.end > edge);
        return isWide && !endsInText ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : [];
      });
    });
    expect(long).toEqual([]);
  });

  it('keeps every function within 70 lines', () => {
    const functions = program.flatMap(({ path, functions }) =>
      functions.map((found) => ({ path, ...found })),
    );
    const long = functions.filter((found) => found.lineCount > 70);

    expect(functions.length).toBeGreaterThan(100);
    expect(long.map(({ path, line, lineCount }) => `${path}:${line}: ${lineCount} lines`)).toEqual(
      [],
    );
  });
});

describe('docs', () => {
  it('sees each form of an exported function that lacks a doc comment', () => {
    const lines = [
      ...['/** Adds. */', 'export function a() {}', 'export async function b() {}', '/* Adds. */'],
      ...['export function* c() {}', '// Adds.', 'export const d = (x: number) => x;'],
      ...['export const e = async <T>(', '  x: T,', ') => x;', 'export const f = (1 + 2) * 3;'],
    ];
    const found = undocumentedFunctions({ path: 'x.ts', lines });
    expect(found).toEqual(['x.ts:3: b', 'x.ts:5: c', 'x.ts:7: d', 'x.ts:8: e']);
  });

  it('says of every exported function what it promises, directly before it', () => {
    const written = product.filter(isWrittenByHand);
    expect(written.length).toBeGreaterThan(500);
    expect(written.flatMap(undocumentedFunctions)).toEqual([]);
  });
});

describe('words', () => {
  it('has no note of unfinished work', () => {
    const unfinished = [word('TO', 'DO'), word('FIX', 'ME'), word('X', 'XX'), word('HA', 'CK')];
    expect(findLines(files, new RegExp(`\\b(${unfinished.join('|')})\\b`))).toEqual([]);
  });

  it('names tests as facts', () => {
    const vague =
      /\b(?:it|test|describe)(?:\.\w+(?:\(.*\))?)*\(\s*[`'"].*\b(?:should|works|correctly)\b/;
    expect(findLines(tests, vague)).toEqual([]);
  });

  it('has no focused, skipped or empty test', () => {
    const focused = new RegExp(word('\\b(?:it|test|describe)', '\\.(?:only|skip|todo)\\b'));
    expect(findLines(tests, focused)).toEqual([]);
    expect(findLines(tests, new RegExp(word('\\b(?:fit|fdescribe|xit|xdescribe)', '\\(')))).toEqual(
      [],
    );
  });

  /** docs/glossary.md: a word, and the only folders whose code uses it in names. */
  const OWN_WORDS: readonly (readonly [RegExp, RegExp])[] = [
    [/\b\w*[cC]laims?\b/, /^lambdas\/(stream|shared\/(state|rules|model))\/|^lib\//],
    [/\b[cC]lassif\w+/, /^lambdas\/(stream\/consume|shared\/adapters)\//],
    [/\b\w+Host\b/, /^lambdas\/(batch|reconcile)\//],
    [/\b(?:Stored|Sorted|Sum|Named)Runs?\b/, /^$/],
  ];

  it.each(OWN_WORDS)('uses %s for one thing only', (found, home) => {
    const elsewhere = product.filter((file) => isWrittenByHand(file) && !home.test(file.path));
    expect(findLines(elsewhere.map(withoutTexts), found)).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|bench|config|d))?\.(ts|js)$/;
    const wrong = code.filter((file) => !NAME.test(file.path.split('/').at(-1) ?? ''));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('says the unit of a length of time', () => {
    const bare = /\b\w*(?:timeout|delay|interval|latency|elapsed)\s*(?::\s*number|=\s*[\d.])/i;
    expect(findLines(product, bare)).toEqual([]);
  });

  it('has no path of a machine', () => {
    const own = [homedir(), projectRoot].filter((path) => path.length > 3).map(escaped);
    const anyMachine = ['/home/', '/Users/', '/root/'].map((path) => `${path}\\w`);
    const pattern = new RegExp(`(?<![\\w.])(?:${[...own, ...anyMachine].join('|')})`);
    expect(findLines(files, pattern).filter((line) => !line.startsWith('test/tidy.'))).toEqual([]);
  });
});

describe('what decides a result', () => {
  it('takes the time from a clock', () => {
    const CLOCK = 'lambdas/shared/runtime/clock.ts';
    const rest = code.filter((file) => file.path !== CLOCK);
    expect(findLines(rest, new RegExp(word('\\bDate\\.', 'now\\b')))).toEqual([]);
    expect(findLines(rest, new RegExp(word('\\bnew ', 'Date\\(\\)')))).toEqual([]);
  });

  it('draws no random numbers that a seed does not fix', () => {
    expect(findLines(code, new RegExp(word('\\bMath\\.', 'random\\b')))).toEqual([]);
    const unseeded = tests.filter((file) => {
      const text = file.lines.join('\n');
      return text.includes(word('fc.', 'assert(')) && !/\bseed\b/.test(text);
    });
    expect(unseeded.map((file) => file.path)).toEqual([]);
  });
});

describe('dependencies', () => {
  const read = (name: string): string => readFileSync(join(projectRoot, name), 'utf8');

  it.each(['', 'test/mutation/'])('are pinned exactly in %spackage.json', (folder) => {
    const manifest = JSON.parse(read(`${folder}package.json`));
    const groups = ['dependencies', 'devDependencies', 'optionalDependencies'];
    const loose = groups.flatMap((group) =>
      Object.entries<string>(manifest[group] ?? {}).filter(
        ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
      ),
    );
    expect(loose).toEqual([]);
  });

  it('of whoever uses the constructs are his own, from the version on that is tested', () => {
    const { peerDependencies, peerDependenciesMeta, devDependencies } = JSON.parse(
      read('package.json'),
    );
    const tested = Object.keys(peerDependencies).map((name) => [name, devDependencies[name]]);
    expect(peerDependencies).toEqual(
      Object.fromEntries(tested.map(([name, version]) => [name, `^${version}`])),
    );
    for (const name of Object.keys(peerDependencies)) {
      expect(peerDependenciesMeta[name]).toEqual({ optional: true });
    }
  });

  it.each(['', 'test/mutation/'])('come from whichever registry is in use: %s', (folder) => {
    expect(read(`${folder}package-lock.json`)).not.toContain(word('"reso', 'lved"'));
  });

  it('are locked for every system, whatever the machine that wrote the lock', () => {
    interface Locked {
      readonly optionalDependencies?: Readonly<Record<string, string>>;
    }
    const packages: Readonly<Record<string, Locked>> = JSON.parse(
      read('package-lock.json'),
    ).packages;
    /** Looked for as Node does: in the package itself, then in each folder above. */
    const isLocked = (path: string, name: string): boolean => {
      if (`${path}/node_modules/${name}`.replace(/^\//, '') in packages) return true;
      const above = path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')));
      return path !== '' && isLocked(above, name);
    };
    // npm leaves out optional packages that its registry does not carry; then `npm ci` fails
    // elsewhere.
    const missing = Object.entries(packages).flatMap(([path, locked]) =>
      Object.keys(locked.optionalDependencies ?? {}).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  it('of the workflow are pinned by commit', () => {
    const uses = findLines(files, /^\s*-?\s*uses:/).filter((line) => line.startsWith('.github/'));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/@[0-9a-f]{40} # v/.test(line))).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
