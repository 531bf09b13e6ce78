import type { TimeResult } from './detect-time.ts';
import { formKey, lookAtStart, type Start } from './look-at-start.ts';
import type { InitPresets } from './match-preset.ts';
import { matchPreset } from './match-preset.ts';
import { proposeEntry } from './propose-entry.ts';
import type { Answers, Finding } from './propose-fields.ts';
import type { OrderFile } from './read-text.ts';
import { type GroupScan, type ScanOptions, scanGroup } from './scan-group.ts';
import { commentText, recordsText } from './yaml-text.ts';

/** Files of one form, and what their records say. */
export interface LookedAt {
  readonly starts: readonly Start[];
  readonly scan: GroupScan;
}

/** What was found in files of one form. */
export interface ProposedGroup {
  readonly match: string;
  readonly files: readonly string[];
  readonly records: number;
  readonly findings: readonly Finding[];
  readonly open: readonly string[];
  readonly lost: number;
  readonly isOwnForm: boolean;
}

export interface ProposedConfig {
  /** The key `input` with its entries, as text. */
  readonly block: string;
  readonly groups: readonly ProposedGroup[];
}

/**
 * Looks at all records of the files, grouped by form. Throws `TerminalError`: `file_not_found`, or
 * `file_rejected` with the reason.
 */
export async function lookAtFiles(
  files: readonly OrderFile[],
  options: ScanOptions,
): Promise<LookedAt[]> {
  const groups = new Map<string, Start[]>();
  for (const file of files) {
    options.signal.throwIfAborted();
    const start = await lookAtStart(file, null);
    const key = formKey(start);
    groups.set(key, [...(groups.get(key) ?? []), start]);
  }
  const looked: LookedAt[] = [];
  for (const starts of groups.values()) {
    looked.push({ starts, scan: await scanGroup(starts, options) });
  }
  return looked;
}

/** What only a person can say of the files: questions, each with a value that shows it. */
export interface OpenQuestions {
  /** Both orders of day and month would read all values. */
  readonly dateOrder: string | null;
  /** Times name no zone. */
  readonly timeZone: string | null;
}

/** The questions that these files leave open. A preset answers them. */
export function questionsOf(looked: readonly LookedAt[], presets: InitPresets): OpenQuestions {
  const results = looked
    .filter(({ starts }) => matchPreset(starts[0].columns, presets) === null)
    .map(({ scan }) => scan.times.result(null));
  const example = (isOpen: (result: TimeResult) => boolean) =>
    results.find(isOpen)?.example ?? null;
  return {
    dateOrder: example(({ isAmbiguous }) => isAmbiguous),
    timeZone: example((one) => one.withoutZone > 0 || one.isAmbiguous),
  };
}

/** The `input` of a config that reads the files. The same files and answers give the same text. */
export function proposeConfig(
  looked: readonly LookedAt[],
  answers: Answers,
  presets: InitPresets,
): ProposedConfig {
  const matches = matchesOf(looked);
  const groups: ProposedGroup[] = [];
  const lines: string[] = [];
  for (const [index, { starts, scan }] of looked.entries()) {
    const match = matches[index];
    const entry = proposeEntry(match, starts[0], scan, answers, presets);
    const files = starts.map(({ file }) => file.name);
    const isOwnForm = entry.lines.length === 0;
    const { findings, open, lost } = entry;
    groups.push({ match, files, records: scan.records, findings, open, lost, isOwnForm });
    if (isOwnForm) continue;
    lines.push(`  # ${recordsText(scan.records)} in ${commentText(namesText(files))}`);
    lines.push(...entry.lines.map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`));
  }
  const head = '# What files of orders look like; made by tandem init, docs/contract.md 1.3.';
  if (lines.length === 0) return { block: `input: [] # the files need no mapping\n`, groups };
  return { block: ['input:', `  ${head}`, ...lines, ''].join('\n'), groups };
}

/** A few names; more are counted. */
function namesText(files: readonly string[]): string {
  const names = files.map((file) => file.split('/').at(-1) ?? file).sort();
  if (names.length <= 3) return names.join(', ');
  return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** All of `orders/`, or for several forms the folder or the file of each. */
function matchesOf(looked: readonly LookedAt[]): string[] {
  const folders = looked.map(({ starts }) => commonFolder(starts.map(keyOf)));
  if (looked.length === 1) return [`${folders[0]}/**`];
  return looked.map(({ starts }, index) => {
    const folder = folders[index];
    const isOwn = folders.every(
      (other, at) => at === index || !`${other}/`.startsWith(`${folder}/`),
    );
    if (isOwn) return `${folder}/**`;
    return starts.length === 1 ? keyOf(starts[0]) : `${folder}/${commonPattern(starts.map(keyOf))}`;
  });
}

function keyOf({ file }: Start): string {
  return file.landingKey ?? `orders/${file.key}`;
}

function commonFolder(keys: readonly string[]): string {
  const parts = keys.map((key) => key.split('/').slice(0, -1));
  const common = parts[0].filter((part, at) =>
    parts.every((other) => {
      return (
        other.slice(0, at + 1).join('/') === parts[0].slice(0, at + 1).join('/') && part !== ''
      );
    }),
  );
  return common[0] === 'orders' ? common.join('/') : 'orders';
}

/** The beginning that the names share, the end too, and a star between them. */
function commonPattern(keys: readonly string[]): string {
  const names = keys.map((key) => key.split('/').at(-1) ?? key);
  const [first] = names;
  let front = 0;
  while (front < first.length && names.every((name) => name[front] === first[front])) front++;
  const dot = first.lastIndexOf('.');
  const end =
    dot >= front && names.every((name) => name.endsWith(first.slice(dot))) ? first.slice(dot) : '';
  return `${first.slice(0, front)}*${end}`;
}
