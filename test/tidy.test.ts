import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProgram } from './support/program-files.ts';
import { circlesOf } from './support/room-circles.ts';
import {
  findLines,
  importsOf,
  isCode,
  isTest,
  loadedWith,
  projectRoot,
  readProject,
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

describe('imports', () => {
  /** By room, from the bottom up: the rooms that it may import. */
  const BELOW: Readonly<Record<string, readonly string[]>> = {
    model: [],
    rules: ['model'],
    ports: ['model'],
    runtime: ['model', 'ports'],
    adapters: ['model', 'ports', 'runtime'],
    kernels: ['model'],
    bytes: ['model', 'runtime', 'kernels'],
    parquet: ['model', 'ports', 'runtime', 'kernels', 'bytes'],
    ingest: ['model', 'ports', 'runtime', 'kernels', 'bytes'],
    dimensions: ['model', 'ports', 'runtime', 'bytes', 'ingest'],
    rows: [
      'model',
      'rules',
      'ports',
      'runtime',
      'kernels',
      'bytes',
      'ingest',
      'parquet',
      'dimensions',
    ],
    revenue: ['model', 'runtime', 'kernels', 'bytes', 'dimensions', 'rows'],
    state: ['model', 'rules', 'ports', 'runtime', 'bytes', 'ingest', 'parquet', 'revenue'],
  };
  const SHARED = Object.keys(BELOW);
  const PURE = SHARED.filter((room) => room !== 'adapters');
  const DOORS: Readonly<Record<string, readonly string[]>> = {
    batch: PURE,
    stream: PURE,
    reconcile: PURE,
    catalogue: PURE,
    // A handler, or what handlers share, is where a stage and the adapters meet.
    handler: [...SHARED, 'batch', 'stream', 'reconcile', 'catalogue'],
    lib: [...SHARED, 'batch', 'stream', 'reconcile', 'catalogue', 'handler'],
    bin: [...SHARED, 'batch', 'stream', 'reconcile', 'catalogue', 'handler', 'lib'],
  };

  function roomOf(path: string): string {
    const [top, door, room] = path.split('/');
    if (top !== 'lambdas') return top;
    if (/\/(handler|aws-batch-host|open-aws-stream|aws-writers)[.]ts$/.test(path)) return 'handler';
    return door === 'shared' ? room : door;
  }

  function isAllowed(from: string, to: string): boolean {
    if (to === 'lambdas/shared/model/errors.ts') return true;
    const room = roomOf(from);
    const target = roomOf(to);
    return room === target || (BELOW[room] ?? DOORS[room] ?? []).includes(target);
  }

  it('points one way: bin, lib, doors, shared, model', () => {
    const wrong = product
      .filter((file) => /^(bin|lib|lambdas)\//.test(file.path))
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => /^(bin|lib|lambdas|test|config)\//.test(name))
          .filter((name) => !isAllowed(file.path, name))
          .map((name) => `${file.path} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it.each([
    'lambdas',
    'lambdas/shared',
    'lambdas/batch',
    'lambdas/stream',
    'lambdas/stream/publish',
    'lambdas/stream/operate',
    'lambdas/reconcile',
    'lib',
    'lib/aws',
    'lib/aws/constructs',
    'lib/common',
    'lib/embedded',
    'bin',
  ])('has no circle of rooms in %s', (root) => {
    expect(product.filter((file) => file.path.startsWith(`${root}/`)).length).toBeGreaterThan(1);
    expect(circlesOf(product, root)).toEqual([]);
  });

  it('knows AWS only where AWS is met', () => {
    const AWS = /^(@aws-|aws-|constructs$|cdk-)/;
    const MEETS_AWS =
      /^(lib\/aws\/|examples\/|bin\/app[.]ts|lambdas\/shared\/(adapters\/aws|runtime)\/|lambdas\/.*\/handler[.]ts)/;
    const wrong = product
      .filter((file) => !MEETS_AWS.test(file.path))
      .flatMap((file) => importsOf(file).map((name) => ({ path: file.path, name })))
      .filter(({ name }) => AWS.test(name));
    expect(wrong).toEqual([]);
  });

  // An app is synthesised on Node 20, which has no zstd; its functions run on Node 24.
  it('loads with tandem/cdk nothing that only the functions run on', () => {
    const loaded = [...loadedWith(product, 'lib/aws/cdk.ts')];
    expect(loaded).toContain('lambdas/shared/model/config.ts');
    const ALLOWED = ['node:fs', 'node:path', 'node:url'];
    expect(loaded.filter((name) => name.startsWith('node:')).sort()).toEqual(ALLOWED);
    expect(loaded.filter((name) => /^@(aws-sdk|smithy)\//.test(name))).toEqual([]);
  });

  it('has no test code in the product', () => {
    const wrong = product.filter((file) => importsOf(file).some((name) => /^test\//.test(name)));
    expect(wrong.map((file) => file.path)).toEqual([]);
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
