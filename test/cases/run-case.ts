import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import { HEADER, runOver } from '../support/batch-runs.ts';
import { runCliHere } from '../support/run-cli.ts';

/** A situation that people report in public, as `<case>/case.json` describes it. */
export interface Case {
  readonly title: string;
  readonly situation: string;
  readonly expected: string;
  /** Commands with options: `batch`, `produce --sort`; `remove <key>`; `memory-batch`. */
  readonly steps: readonly string[];
  /** Of orders files that the runner writes, with one order each. */
  readonly names?: readonly string[];
  /** Of objects of a bucket, where a folder cannot have them. */
  readonly keys?: readonly string[];
  /** One of them has to hold in every part. */
  readonly accept: readonly Wanted[];
}

/** By name: a value, a part of an object, or a pattern of a text (`…_matches`). */
export type Wanted = Readonly<Record<string, unknown>>;
type Found = Record<string, unknown>;

export interface CaseOptions {
  /** As a user has it who has no mapping yet. */
  readonly withoutInput?: boolean;
}

const here = import.meta.dirname;

export function caseNames(): string[] {
  return readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

export function readCase(name: string): Case {
  return JSON.parse(readFileSync(join(here, name, 'case.json'), 'utf8')) as Case;
}

/** What is wrong with every alternative; empty where one of them holds. */
export function differences(found: Found, accept: readonly Wanted[]): string[] {
  const tries = accept.map((wanted) => wrongParts(found, wanted));
  return tries.some((wrong) => wrong.length === 0) ? [] : tries.map((wrong) => wrong.join('; '));
}

function wrongParts(found: Found, wanted: Wanted): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    if (name.endsWith('_matches')) {
      const text = String(found[name.replace('_matches', '')] ?? '');
      return new RegExp(String(value), 'is').test(text)
        ? []
        : [`${name}: /${value}/ not in ${text}`];
    }
    if (name.endsWith('_at_least')) {
      const count = Number(partOf(found.counts, name.replace('_at_least', '')) ?? 0);
      return count >= Number(value) ? [] : [`${name}: ${count}, expected ${value}`];
    }
    return wrongValues(name, found[name], value);
  });
}

/** Of an object only the parts that are wanted; a count that is not there is 0. */
function wrongValues(name: string, found: unknown, wanted: unknown): string[] {
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) {
    return Object.entries(wanted).flatMap(([key, value]) =>
      wrongValues(`${name}.${key}`, partOf(found, key) ?? (value === null ? null : 0), value),
    );
  }
  const isEqual = JSON.stringify(found) === JSON.stringify(wanted);
  return isEqual ? [] : [`${name}: ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`];
}

function partOf(value: unknown, key: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[key];
}

/** Runs the steps of a case in a folder, and says what came of them. */
export async function runCase(
  name: string,
  dir: string,
  options: CaseOptions = {},
): Promise<Found> {
  const run = new CaseRun(name, dir, options);
  for (const step of readCase(name).steps) await run.step(step);
  return run.found;
}

/** The config of a case, without its mappings where that is asked for. */
function configOf(folder: string, dir: string, { withoutInput }: CaseOptions): string[] {
  const own = join(folder, 'tandem.yaml');
  if (!existsSync(own)) return [];
  if (withoutInput !== true) return ['--config', own];
  const { input: _input, ...rest } = parse(readFileSync(own, 'utf8')) as Record<string, unknown>;
  const path = join(dir, 'tandem.yaml');
  writeFileSync(path, stringify(rest));
  return ['--config', path];
}

class CaseRun {
  readonly found: Found = {};
  readonly #case: Case;
  readonly #folder: string;
  readonly #landing: string;
  readonly #lake: string;
  readonly #stream: string;
  readonly #config: readonly string[];

  constructor(name: string, dir: string, options: CaseOptions) {
    this.#case = readCase(name);
    this.#folder = join(here, name);
    this.#landing = join(dir, 'landing');
    this.#lake = join(dir, 'lake');
    this.#stream = join(dir, 'stream');
    this.#config = configOf(this.#folder, dir, options);
    const landing = join(this.#folder, 'landing');
    if (existsSync(landing)) cpSync(landing, this.#landing, { recursive: true });
    this.#case.names?.forEach((file, index) => {
      const path = join(this.#landing, 'orders', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, orderFile(index));
    });
  }

  async step(step: string): Promise<void> {
    const [name, ...options] = step.split(' ');
    if (name === 'batch') await this.#batch();
    else if (name === 'memory-batch') await this.#memoryBatch();
    else if (name === 'produce') await this.#produce(options);
    else if (name === 'stream') await this.#streamStep();
    else if (name === 'reconcile') await this.#reconcile(options);
    else if (name === 'remove') rmSync(join(this.#landing, options[0]));
    else throw new Error(`unknown step ${step}`);
  }

  async #batch(): Promise<void> {
    const { found } = this;
    const options = ['--landing', this.#landing, '--lake', this.#lake];
    const { exitCode, json, err } = await this.#cli('batch', ...options);
    const other = ['--landing', this.#landing, '--lake', `${this.#lake}-text`];
    const text = await runCliHere(['batch', ...other, ...this.#config]);
    found.batch_exit = exitCode;
    found.counts = json.counts;
    found.revenue = json.revenue;
    found.issues = json.issues;
    found.rejected = (json.rejected_files as { key: string }[] | undefined)?.map(({ key }) => key);
    found.batch_text = `${err}${JSON.stringify(json.error ?? '')}${text.out}${text.err}`;
    if (exitCode !== 0) return;
    const products = await this.#rows('product_revenue');
    found.products = Object.fromEntries(products.map((row) => [row.product_id, row.total_revenue]));
    const orders = await this.#rows('orders');
    found.order_values = Object.fromEntries(orders.map((row) => [row.order_id, row]));
    const manifest = JSON.parse(readFileSync(join(this.#lake, String(json.manifest)), 'utf8'));
    const files: { key: string }[] = manifest.tables.orders.files;
    found.partition_folders = [...new Set(files.map(({ key }) => key.split('/').at(-2)))];
  }

  /** A bucket in memory: a folder has no keys with `//`. */
  async #memoryBatch(): Promise<void> {
    const keys = this.#case.keys ?? [];
    try {
      const { manifest } = await runOver(
        keys.map((key, index) => [key, orderFile(index)] as const),
      );
      this.found.batch_exit = 0;
      this.found.counts = manifest.counts;
    } catch (error) {
      if (!(error instanceof TerminalError) && !(error instanceof RangeError)) throw error;
      this.found.batch_exit = 1;
      this.found.batch_text = error.message;
    }
  }

  async #produce(options: readonly string[]): Promise<void> {
    const events = join(this.#folder, 'events');
    const where = existsSync(events) ? events : join(this.#landing, 'orders');
    const files = readdirSync(where).sort();
    const paths = files.map((file) => join(where, file));
    const places = ['--stream', this.#stream, ...options];
    const { exitCode, out, err } = await this.#cli('produce', ...paths, ...places);
    this.found.produce_exit = exitCode;
    this.found.produce_text = `${err}${out}`;
  }

  async #streamStep(): Promise<void> {
    const places = ['--stream', this.#stream, '--landing', this.#landing, '--lake', this.#lake];
    const { exitCode, json } = await this.#cli('stream', ...places, '--until-idle', '--drain');
    this.found.stream_exit = exitCode;
    this.found.stream_counts = json.counts;
    this.found.stream_revenue = json.revenue;
  }

  async #reconcile(options: readonly string[]): Promise<void> {
    const { json } = await this.#cli('reconcile', '--lake', this.#lake, ...options);
    this.found.agree = json.agree;
    this.found.classes = json.classes;
  }

  async #rows(table: string): Promise<Record<string, string>[]> {
    const { json } = await this.#cli('show', table, '--lake', this.#lake, '--limit', '1000');
    return json.rows as Record<string, string>[];
  }

  async #cli(...args: string[]) {
    const { exitCode, out, err } = await runCliHere([...args, ...this.#config, '--json']);
    const json = (out.trim() === '' ? {} : JSON.parse(out)) as Record<string, unknown>;
    return { exitCode, out, err, json };
  }
}

function orderFile(index: number): string {
  return `${HEADER}\no${index},c1,p1,2026-01-15 09:0${index}:00,1,10.00,completed\n`;
}
