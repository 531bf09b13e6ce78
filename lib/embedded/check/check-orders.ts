import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { listLanding } from '../../../lambdas/shared/ingest/list-landing.ts';
import { InputForms } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { ObjectUnreadableError } from '../../../lambdas/shared/model/errors.ts';
import { ISSUE_CODES, type IssueCode } from '../../../lambdas/shared/model/issue.ts';
import type { JoinCounts } from '../../../lambdas/shared/model/joins.ts';
import { inOrder, type Warning } from '../../../lambdas/shared/model/warning.ts';
import type { OutcomeCounts } from '../../../lambdas/shared/rules/outcome.ts';
import {
  type ManifestInput,
  manifestInputs,
} from '../../../lambdas/shared/state/manifest-inputs.ts';
import type { CheckOptions, Refusal } from './check-options.ts';
import { type CheckedIssue, checkedIssues } from './checked-issues.ts';
import { type FileForm, fileForm } from './file-form.ts';
import { previousPublication, quarantineRefusal, vanishedFiles } from './previous-publication.ts';
import { contextOf } from './record-value.ts';
import { areLinesOfOrders, suggestionForRejected, suggestLineKey } from './suggest.ts';
import type { Suggestion } from './suggestion.ts';
import { surveyQuarantine } from './survey-quarantine.ts';
import { withTemporaryFolder } from './temporary-lake.ts';
import { trialRun } from './trial-run.ts';

export interface CheckedFile {
  readonly key: string;
  readonly form: FileForm;
  /** Null: the file would be rejected. */
  readonly records: number | null;
  readonly quarantinedRecords: number;
}

export interface CheckResult {
  /** Number of orders files; the first thousand of them are listed. */
  readonly fileCount: number;
  readonly files: readonly CheckedFile[];
  readonly counts: Readonly<OutcomeCounts>;
  /** Decimal. */
  readonly revenue: string;
  readonly joins: JoinCounts;
  /** The most frequent first. */
  readonly issues: readonly CheckedIssue[];
  readonly warnings: readonly (Warning & { readonly suggestion: Suggestion | null })[];
  readonly rejectedFiles: readonly {
    readonly key: string;
    readonly reason: string;
    readonly suggestion: Suggestion | null;
  }[];
  /** Null: a run would publish. */
  readonly refusal: Refusal | null;
}

/** Files that are listed; every one of them is opened for that. */
const MAX_LISTED_FILES = 1_000;

/**
 * Does what a batch run over these files would do, and says what would come of it. Writes into a
 * folder in the temporary folder of the system only, which is gone in the end. `pathOf` gives the
 * name of a file that a command takes. Throws the `TerminalError`s of a run that leave nothing to
 * show (`landing_empty`, `revenue_overflow`, `input_changed`), and the signal's reason when it is
 * aborted.
 */
export async function checkOrders(
  options: CheckOptions,
  pathOf: (key: string) => string,
): Promise<CheckResult> {
  return await withTemporaryFolder(async (dir) => {
    const { landing, config, signal } = options;
    const lake = new FileObjectStore(dir);
    const { manifest, refusal } = await trialRun(options, { store: lake, dir });
    const quarantine = manifest.tables.quarantine?.files ?? [];
    const survey = await surveyQuarantine(lake, quarantine, signal);
    const before = await previousPublication(options.lake);
    const inputs: ManifestInput[] = [];
    for await (const input of manifestInputs(lake, manifest)) inputs.push(input);
    const { orders } = await listLanding(landing);
    const forms = new FileForms(options);
    const files = await listedFiles(orders.slice(0, MAX_LISTED_FILES), inputs, survey, forms);
    const vanished = vanishedFiles(before, new Set(orders.map(({ key }) => key)));
    return {
      fileCount: orders.length,
      files,
      counts: manifest.counts,
      revenue: manifest.revenue,
      joins: manifest.joins,
      issues: await checkedIssues(issueCounts(manifest.issues), survey, inputs, {
        ...options,
        formOf: (key) => forms.of(key),
      }),
      warnings: inOrder([...manifest.warnings, ...vanished]).map((warning) => ({
        ...warning,
        suggestion: suggestionForWarning(warning, files),
      })),
      rejectedFiles: manifest.rejected_files.map(({ key, reason }) => ({
        key,
        reason,
        suggestion: suggestionForRejected(reason, pathOf(key)),
      })),
      refusal:
        refusal ?? quarantineRefusal(inputs, survey.byFile, before, config.batch.maxQuarantined),
    };
  });
}

/** What files are read as, each looked at once. */
class FileForms {
  readonly #options: CheckOptions;
  readonly #inputForms: InputForms;
  readonly #forms = new Map<string, Promise<FileForm | null>>();

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#inputForms = new InputForms(options.config);
  }

  /** Null if the file cannot be read, or is gone. */
  of(key: string): Promise<FileForm | null> {
    const known = this.#forms.get(key) ?? this.#look(key);
    this.#forms.set(key, known);
    return known;
  }

  async #look(key: string): Promise<FileForm | null> {
    const { landing } = this.#options;
    const info = await landing.head(key);
    if (info === null) return null;
    try {
      return await fileForm(landing, info, this.#inputForms.of(key).mapping);
    } catch (error) {
      if (error instanceof ObjectUnreadableError) return null;
      throw error;
    }
  }
}

async function listedFiles(
  orders: readonly { readonly key: string }[],
  inputs: readonly ManifestInput[],
  { byFile }: Awaited<ReturnType<typeof surveyQuarantine>>,
  forms: FileForms,
): Promise<CheckedFile[]> {
  const records = new Map(inputs.map((input) => [input.key, input.records]));
  const files: CheckedFile[] = [];
  for (const { key } of orders) {
    const form = await forms.of(key);
    if (form === null) continue;
    const quarantinedRecords = byFile.get(key)?.quarantinedRecords ?? 0;
    files.push({ key, form, records: records.get(key) ?? null, quarantinedRecords });
  }
  return files;
}

/** The most frequent first; of equal ones in the order of the contract. */
function issueCounts(issues: Readonly<Record<string, number>>): [IssueCode, number][] {
  return ISSUE_CODES.map((code): [IssueCode, number] => [code, issues[code] ?? 0])
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
}

function suggestionForWarning(
  { code, example, hint }: Warning,
  files: readonly CheckedFile[],
): Suggestion | null {
  if (code !== 'duplicates_differ' || !areLinesOfOrders(hint)) return null;
  const file = files.find(({ key }) => example.includes(` in ${key} at byte `)) ?? files[0];
  return file === undefined ? null : suggestLineKey(contextOf(file.form, false));
}
