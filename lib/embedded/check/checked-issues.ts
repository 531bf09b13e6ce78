import { ISSUE_CODES, type IssueCode } from '../../../lambdas/shared/model/issue.ts';
import type { ManifestInput } from '../../../lambdas/shared/state/manifest-inputs.ts';
import type { CheckOptions } from './check-options.ts';
import { decodedText, type FileForm } from './file-form.ts';
import { lineNumbers } from './line-numbers.ts';
import { contextOf, fieldOf, type Span, valueIn, valueSpan } from './record-value.ts';
import { suggestionFor } from './suggest.ts';
import type { Suggestion } from './suggestion.ts';
import type { QuarantinedRecord, QuarantineSurvey } from './survey-quarantine.ts';

/** One record that has an issue. */
export interface CheckedExample {
  readonly source: string;
  /** The line of the unpacked text on which the record begins, from 1. */
  readonly line: number;
  /** Of its first byte in the unpacked text. */
  readonly offset: number;
  /** The field that the code names; null if it names none. */
  readonly field: string | null;
  readonly value: string | null;
  /** The first 4,096 characters of the record. */
  readonly raw: string;
  /** Where the value is in them; null: nowhere, or in several places. */
  readonly span: Span | null;
}

export interface CheckedIssue {
  readonly code: IssueCode;
  /** Records that have it. */
  readonly count: number;
  readonly examples: readonly CheckedExample[];
  readonly suggestion: Suggestion | null;
}

interface IssueOptions extends Pick<CheckOptions, 'landing' | 'examples' | 'signal'> {
  readonly formOf: (key: string) => Promise<FileForm | null>;
}

/**
 * Issues with their first records and what would help. Reads each file that has one of these
 * records up to the last of them, for their line numbers.
 */
export async function checkedIssues(
  counts: readonly (readonly [IssueCode, number])[],
  { samples, byFile }: Pick<QuarantineSurvey, 'samples' | 'byFile'>,
  inputs: readonly ManifestInput[],
  options: IssueOptions,
): Promise<CheckedIssue[]> {
  const shown = counts.flatMap(([code]) => samples.get(code)?.slice(0, options.examples) ?? []);
  const lineOf = await linesOf(shown, options);
  const records = new Map(inputs.map(({ key, records: count }) => [key, count]));
  const issues: CheckedIssue[] = [];
  for (const [code, count] of counts) {
    const found = samples.get(code) ?? [];
    const examples: CheckedExample[] = [];
    for (const record of found.slice(0, options.examples)) {
      const form = await options.formOf(record.source);
      examples.push(exampleOf(code, record, form, lineOf(record)));
    }
    const source = found[0]?.source ?? '';
    const ofFile = byFile.get(source)?.issueRecords[ISSUE_CODES.indexOf(code)];
    const isWholeFile = ofFile === records.get(source);
    const form = await options.formOf(source);
    const values = valuesOf(code, found, form);
    const suggestion = suggestionFor(code, values, contextOf(form, isWholeFile));
    issues.push({ code, count, examples, suggestion });
  }
  return issues;
}

function exampleOf(
  code: IssueCode,
  record: QuarantinedRecord,
  form: FileForm | null,
  line: number,
): CheckedExample {
  const { source, offset, raw } = record;
  const field = fieldOf(code);
  const value = field === null ? null : valueIn(record, field, form);
  const span = field === null ? null : valueSpan(raw, field, form);
  return { source, line, offset, field, value, raw, span };
}

/** Of the field that the code names, or whole records. */
function valuesOf(
  code: IssueCode,
  records: readonly QuarantinedRecord[],
  form: FileForm | null,
): string[] {
  const field = fieldOf(code);
  if (field === null) return records.map(({ raw }) => raw);
  return records.flatMap((record) => valueIn(record, field, form) ?? []);
}

async function linesOf(
  records: readonly QuarantinedRecord[],
  { landing, formOf, signal }: IssueOptions,
): Promise<(record: QuarantinedRecord) => number> {
  const offsets = new Map<string, number[]>();
  for (const { source, offset } of records) {
    const known = offsets.get(source) ?? [];
    offsets.set(source, known);
    known.push(offset);
  }
  const lines = new Map<string, ReadonlyMap<number, number>>();
  for (const [source, wanted] of offsets) {
    const form = await formOf(source);
    if (form === null) continue;
    lines.set(source, await lineNumbers(decodedText(landing, source, form), wanted, signal));
  }
  return ({ source, offset }) => lines.get(source)?.get(offset) ?? 1;
}
