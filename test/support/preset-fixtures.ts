import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { PRESETS, type PresetMapping } from '../../lambdas/shared/model/presets.ts';
import { projectRoot } from './source-files.ts';

/** What a run over the file of a preset has to give; worked out by hand. */
export interface ExpectedCounts {
  readonly read: number;
  readonly active: number;
  readonly cancelled: number;
  readonly duplicate: number;
  readonly quarantined: number;
  /** How many records have each issue. */
  readonly issues: Readonly<Record<string, number>>;
  /** Of the active records, such as `200.00`. */
  readonly revenue: string;
  /** Active records by day, UTC. */
  readonly days: Readonly<Record<string, number>>;
}

/** A file as csv-parse reads it in the dialect of its preset. */
export interface PresetFile {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const folder = join(projectRoot, 'test/fixtures/formats');

/** Names of presets that have a folder below test/fixtures/formats, in order. */
export function presetFolders(): string[] {
  return readdirSync(folder).sort();
}

/** expected.json of the preset. */
export function expectedOf(name: string): ExpectedCounts {
  return JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as ExpectedCounts;
}

/** Names of the orders files of the preset, in order. */
export function presetFileNames(name: string): string[] {
  return readdirSync(join(folder, name, 'orders')).sort();
}

/** The bytes of an orders file, unpacked. */
export function presetBytes(name: string, file: string): Buffer {
  const stored = readFileSync(join(folder, name, 'orders', file));
  return file.endsWith('.gz') ? gunzipSync(stored) : stored;
}

/**
 * The orders files of the preset, in order. Throws where bytes are not text in the encoding of the
 * preset.
 */
export function presetFiles(name: string): PresetFile[] {
  const { encoding = 'utf-8', dialect = {} } = PRESETS[name];
  return presetFileNames(name).map((file) => {
    const text = new TextDecoder(encoding, { fatal: true }).decode(presetBytes(name, file));
    const records: string[][] = parse(text, {
      delimiter: dialect.delimiter ?? ',',
      quote: dialect.quoteChar === null ? null : '"',
      escape: dialect.escapeChar ?? '"',
      from_line: 1 + (dialect.skipRows ?? 0),
      record_delimiter: ['\n', '\r\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
    if (dialect.header === false) return { columns: dialect.columns ?? [], rows: records };
    return { columns: records[0], rows: records.slice(1) };
  });
}

/** Every column that a mapping names, each once. */
export function columnsNamed(mapping: PresetMapping): string[] {
  const { fields = {}, fillDown } = mapping;
  const from = Object.values(fields).flatMap((field) => field.from ?? []);
  const filled = fillDown === undefined ? [] : [fillDown.by, ...fillDown.fields];
  return [...new Set([...from, ...filled])];
}
