import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaryMangling, jsonMangling, mangle } from '../support/mangled-objects.ts';
import { runCliHere } from '../support/run-cli.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/**
 * Whatever one object of a lake has become: a command that reads it succeeds, or fails with one
 * line that names the object.
 */

let dir: string;
let lake: string;
let keys: readonly string[];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-mangled-'));
  lake = join(dir, 'demo/lake');
  await runCliHere(['demo', '--orders', '60', '--dir', join(dir, 'demo'), '--json']);
  keys = readdirSync(lake, { recursive: true }).map(String).sort();
}, LIMIT_MS);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const keysLike = (pattern: RegExp) => keys.filter((key) => pattern.test(key));

function commands(): string[][] {
  const at = ['--lake', lake, '--json'];
  return [
    ['status', '--stream', join(dir, 'demo/stream'), ...at],
    ['reconcile', ...at],
    ['show', 'orders', ...at],
    ['show', 'window_revenue', '--of', 'stream', ...at],
    ['show', 'top_products', '--of', 'stream', '--files', ...at],
  ];
}

/** Keys that a damaged object may lead to: it names them, so they are in its text. */
const keysIn = (text: string) => text.match(/[\w=.-]+(?:\/[\w=.-]+)+/g) ?? [];

async function expectClearFailures(key: string, mangled: Buffer): Promise<void> {
  const path = join(lake, key);
  const whole = readFileSync(path);
  writeFileSync(path, mangled);
  try {
    for (const command of commands()) {
      const { out, err } = await runCliHere(command);
      const { error } = JSON.parse(out) as { error?: { code: string; message: string } };
      if (error === undefined) continue;
      const where = `${command.join(' ')}: ${err}`;
      expect(error.code, where).not.toMatch(/^(internal_error|system_error|object_not_found)$/);
      const isNamed = [key, ...keysIn(mangled.toString())].some((name) =>
        error.message.includes(name),
      );
      expect(isNamed, where).toBe(true);
      expect(error.message, where).not.toContain('\n');
    }
  } finally {
    writeFileSync(path, whole);
  }
}

describe('a lake with one damaged object', () => {
  const pick = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const chosen = (list: readonly string[], at: number) => list[Math.floor(at * list.length)];

  it(
    'always fails by its name where a JSON object is damaged',
    async () => {
      const json = keysLike(/^manifests\/.*\.json$/);
      expect(json).toHaveLength(5);
      await fc.assert(
        fc.asyncProperty(pick, jsonMangling, async (at, mangling) => {
          const key = chosen(json, at);
          await expectClearFailures(key, mangle(readFileSync(join(lake, key)), mangling));
        }),
        { seed, ...runs(20) },
      );
    },
    LIMIT_MS,
  );

  it(
    'always fails by its name where a snapshot is damaged',
    async () => {
      const snapshots = keysLike(/^state\/stream\/snapshots\/\d/);
      await fc.assert(
        fc.asyncProperty(pick, jsonMangling, async (at, mangling) => {
          const key = chosen(snapshots, at);
          const stored = readFileSync(join(lake, key));
          const isOfJson = mangling.kind === 'revalued' || mangling.kind === 'removed';
          const mangled = isOfJson
            ? Buffer.from(zstdCompressSync(mangle(zstdDecompressSync(stored), mangling)))
            : mangle(stored, mangling);
          await expectClearFailures(key, mangled);
        }),
        { seed, ...runs(20) },
      );
    },
    LIMIT_MS,
  );

  it(
    'always fails by its name where the footer of a Parquet file is damaged',
    async () => {
      const files = keysLike(/^tables\/.*\.parquet$/);
      await fc.assert(
        fc.asyncProperty(pick, binaryMangling, async (at, mangling) => {
          const key = chosen(files, at);
          const bytes = readFileSync(join(lake, key));
          const footerBytes = bytes.readUInt32LE(bytes.length - 8) + 8;
          await expectClearFailures(key, mangle(bytes, mangling, footerBytes));
        }),
        { seed, ...runs(20) },
      );
    },
    LIMIT_MS,
  );
});
