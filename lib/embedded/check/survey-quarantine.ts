import { turnIfDue } from '../../../lambdas/shared/adapters/local/event-loop.ts';
import { compareKeys } from '../../../lambdas/shared/adapters/object-keys.ts';
import { ISSUE_CODES, type IssueCode } from '../../../lambdas/shared/model/issue.ts';
import { ORDER_FIELDS, type OrderField } from '../../../lambdas/shared/model/order.ts';
import { uncheckedSource } from '../../../lambdas/shared/parquet/checked-file.ts';
import { type RowValue, readRows } from '../../../lambdas/shared/parquet/reader.ts';
import type { TableFile } from '../../../lambdas/shared/parquet/table-file.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';

/** A quarantined record, as the table has it. */
export interface QuarantinedRecord {
  readonly source: string;
  /** Of its first byte in the unpacked text of its file. */
  readonly offset: number;
  /** Its first 4,096 characters. */
  readonly raw: string;
  /** As read; null where absent, and for codes that end the examination. */
  readonly values: Readonly<Record<OrderField, string | null>>;
}

/** What is quarantined of one file. */
export interface FileIssues {
  quarantinedRecords: number;
  /** By index in `ISSUE_CODES`. */
  readonly issueRecords: number[];
}

export interface QuarantineSurvey {
  /** By object key; files without a quarantined record are left out. */
  readonly byFile: ReadonlyMap<string, FileIssues>;
  /** The first records of each code, in order of files and offsets. */
  readonly samples: ReadonlyMap<IssueCode, readonly QuarantinedRecord[]>;
}

/** Records of one code that are looked at. */
const MAX_SAMPLES = 1_000;

/** Of a record's text; there may be some thousand of them. */
const MAX_RAW_CHARACTERS = 4_096;

interface Place {
  readonly source: string;
  readonly offset: number;
  /** In the list of the table's files, and in the file. */
  readonly fileIndex: number;
  readonly rowIndex: number;
}

/** The first places in order of records, of more than are kept. */
class FirstPlaces {
  #places: Place[] = [];

  add(place: Place): void {
    this.#places.push(place);
    if (this.#places.length >= 4 * MAX_SAMPLES) this.#cut();
  }

  get inOrder(): readonly Place[] {
    this.#cut();
    return this.#places;
  }

  #cut(): void {
    this.#places.sort((a, b) => compareKeys(a.source, b.source) || a.offset - b.offset);
    this.#places.length = Math.min(this.#places.length, MAX_SAMPLES);
  }
}

/**
 * Reads a quarantine table: counts by file and code, and the first thousand records of each code.
 * Which they are depends on the records only. Values are read of these only. Throws the signal's
 * reason when aborted.
 */
export async function surveyQuarantine(
  lake: ObjectStore,
  files: readonly TableFile[],
  signal?: AbortSignal,
): Promise<QuarantineSurvey> {
  const byFile = new Map<string, FileIssues>();
  const places = new Map<IssueCode, FirstPlaces>();
  const columns = ['issues', 'source', 'source_offset'];
  for (const [fileIndex, file] of files.entries()) {
    let rowIndex = 0;
    for await (const row of rowsOf(lake, file, { columns }, signal)) {
      const source = String(row.source);
      const codes = String(row.issues).split(',') as IssueCode[];
      count(byFile, source, codes);
      const place = { source, offset: Number(row.source_offset), fileIndex, rowIndex };
      for (const code of codes) {
        const first = places.get(code) ?? new FirstPlaces();
        places.set(code, first);
        first.add(place);
      }
      rowIndex += 1;
    }
  }
  const chosen = new Map([...places].map(([code, first]) => [code, first.inOrder]));
  const records = await recordsAt(lake, files, [...chosen.values()].flat(), signal);
  const samples = [...chosen].map(([code, first]): [IssueCode, QuarantinedRecord[]] => {
    return [code, first.flatMap((place) => records.get(nameOf(place)) ?? [])];
  });
  return { byFile, samples: new Map(samples) };
}

function count(byFile: Map<string, FileIssues>, source: string, codes: readonly IssueCode[]): void {
  const file = byFile.get(source) ?? {
    quarantinedRecords: 0,
    issueRecords: ISSUE_CODES.map(() => 0),
  };
  byFile.set(source, file);
  file.quarantinedRecords += 1;
  for (const code of codes) file.issueRecords[ISSUE_CODES.indexOf(code)] += 1;
}

const nameOf = ({ fileIndex, rowIndex }: Place) => `${fileIndex}/${rowIndex}`;

async function recordsAt(
  lake: ObjectStore,
  files: readonly TableFile[],
  places: readonly Place[],
  signal?: AbortSignal,
): Promise<Map<string, QuarantinedRecord>> {
  const records = new Map<string, QuarantinedRecord>();
  const wanted = new Set(places.map(nameOf));
  for (const [fileIndex, file] of files.entries()) {
    const rows = places.filter((place) => place.fileIndex === fileIndex);
    // Rows are in order of records, so the first ones are in front.
    const limit = rows.reduce((most, { rowIndex }) => Math.max(most, rowIndex + 1), 0);
    if (limit === 0) continue;
    let rowIndex = 0;
    for await (const row of rowsOf(lake, file, { limit }, signal)) {
      const name = `${fileIndex}/${rowIndex}`;
      if (wanted.has(name)) records.set(name, recordOf(row));
      rowIndex += 1;
    }
  }
  return records;
}

function recordOf(row: Readonly<Record<string, RowValue>>): QuarantinedRecord {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  const values = ORDER_FIELDS.map((name) => [name, text(name)] as const);
  return {
    source: String(row.source),
    offset: Number(row.source_offset),
    raw: String(row.raw).slice(0, MAX_RAW_CHARACTERS),
    values: Object.fromEntries(values) as QuarantinedRecord['values'],
  };
}

/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 64;

async function* rowsOf(
  lake: ObjectStore,
  file: TableFile,
  options: { readonly columns?: readonly string[]; readonly limit?: number },
  signal?: AbortSignal,
): AsyncGenerator<Readonly<Record<string, RowValue>>> {
  let rows = 0;
  for await (const row of readRows(uncheckedSource(lake, file), options)) {
    rows += 1;
    if (rows % ROWS_PER_LOOK === 0) await turnIfDue();
    signal?.throwIfAborted();
    yield row;
  }
}
