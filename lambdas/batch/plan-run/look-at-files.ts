import { rangeSource } from '../../shared/ingest/byte-sources.ts';
import { type HeaderResult, parseHeader } from '../../shared/ingest/csv-header.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import {
  FIRST_BYTES,
  type InputKind,
  kindOf,
  MAX_FIRST_BYTES,
} from '../../shared/ingest/input-kind.ts';
import { asInputChanged, type LandingObject } from '../../shared/ingest/list-landing.ts';
import type { InputForm, InputForms } from '../../shared/ingest/mapping/input-form.ts';
import { RecordReader } from '../../shared/ingest/record-reader.ts';
import { ObjectUnreadableError } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import type { PlannedInput, RejectedFile } from '../run/batch-plan.ts';
import { uncompressedBytesOf } from './plan-sizes.ts';

/** What the first bytes of an orders file say; its etag says of which bytes. */
export type Look = PlannedInput | (RejectedFile & Pick<LandingObject, 'etag'>);

/** A look at a file, or the store's refusal to read it. */
export type LookOrRefusal = Look | ObjectUnreadableError;

/** Looks of before, and where new ones are kept. */
export interface LookMemory {
  readonly known: ReadonlyMap<string, Look>;
  keep(fresh: readonly Look[]): Promise<void>;
  /** True to stop for now: a later call starts from what was kept. */
  isTimeUp(): boolean;
}

/** Files after which new looks are kept. */
const PAGE_FILES = 5_000;

/** For files without an earlier look. */
const NOTHING_KNOWN: LookMemory = {
  known: new Map(),
  keep: async () => {},
  isTimeUp: () => false,
};

/**
 * Reads the first bytes of orders files, many at a time because a remote store answers slowly.
 * Skips a file known by its etag. Null if the time was up before all were read; each call reads
 * some new ones, so repeating it ends. Throws `TerminalError` `input_changed`.
 */
export async function lookAtFiles(
  landing: ObjectStore,
  objects: readonly LandingObject[],
  options: {
    readonly parallel: number;
    readonly forms: InputForms;
    readonly memory?: LookMemory;
  },
): Promise<LookOrRefusal[] | null> {
  const { parallel, forms, memory = NOTHING_KNOWN } = options;
  const looks: LookOrRefusal[] = [];
  let keptPages = 0;
  for (let from = 0; from < objects.length; from += PAGE_FILES) {
    if (keptPages > 0 && memory.isTimeUp()) return null;
    const fresh: Look[] = [];
    const page = objects.slice(from, from + PAGE_FILES);
    const found = await inParallel(page, parallel, async (object) => {
      const known = memory.known.get(object.key);
      if (known?.etag === object.etag) return known;
      const look = await lookUnlessRefused(landing, object, forms.of(object.key));
      if (!(look instanceof ObjectUnreadableError)) fresh.push(look);
      return look;
    });
    if (fresh.length > 0) {
      await memory.keep(fresh);
      keptPages += 1;
    }
    for (const look of found) looks.push(look);
  }
  return looks;
}

async function lookUnlessRefused(
  landing: ObjectStore,
  object: LandingObject,
  form: InputForm,
): Promise<LookOrRefusal> {
  try {
    return await lookAt(landing, object, form);
  } catch (error) {
    if (error instanceof ObjectUnreadableError) return error;
    throw error;
  }
}

/** What an orders file is, by its first bytes, and what its header says. */
async function lookAt(landing: ObjectStore, object: LandingObject, form: InputForm): Promise<Look> {
  const { key, etag } = object;
  const { wanted, dialect, isWhole } = form;
  for (const wantedBytes of [FIRST_BYTES, MAX_FIRST_BYTES]) {
    const endByte = Math.min(wantedBytes, object.sizeBytes);
    const bytes = await readUnchanged(landing, object, endByte);
    const found = kindOf(bytes, endByte, endByte === object.sizeBytes);
    if (found.kind === 'undecided') continue;
    if (found.kind === 'unsupported') {
      return { key, etag, reason: `format_unsupported: ${found.name}` };
    }
    if (found.kind === 'ndjson' && !isWhole) {
      return plannedInput(object, 'ndjson', found.startByte);
    }
    if (found.kind === 'gzip') return await gzipInput(landing, object);
    if (found.kind === 'utf16') return plannedInput(object, found.kind);
    if (isWhole) return plannedInput(object, 'whole');
    const isLast = endByte === object.sizeBytes;
    const header = parseHeader(bytes, endByte, isLast, wanted, dialect);
    if (header.kind !== 'incomplete') return withHeader(object, header);
  }
  // More than 16 KiB of empty lines come first.
  const reader = new RecordReader(rangeSource(landing, object, 0, object.sizeBytes), 0);
  try {
    return withHeader(object, await reader.header(wanted, dialect));
  } catch (error) {
    throw asInputChanged(key, error);
  }
}

async function gzipInput(landing: ObjectStore, object: LandingObject): Promise<PlannedInput> {
  const { uncompressedBytes } = await uncompressedBytesOf(landing, { ...object, kind: 'gzip' });
  return { ...plannedInput(object, 'gzip'), uncompressedBytes };
}

/**
 * An input as a plan holds it. `dataOffset` is the byte at which its records begin; `layout` is
 * null for inputs whose header is read later, and for events.
 */
export function plannedInput(
  { key, etag, sizeBytes }: LandingObject,
  kind: InputKind,
  dataOffset = 0,
  layout: CsvLayout | null = null,
): PlannedInput {
  return { key, etag, sizeBytes, kind, layout, dataOffset };
}

function withHeader(
  object: LandingObject,
  header: Exclude<HeaderResult, { kind: 'incomplete' }>,
): Look {
  return header.kind === 'header'
    ? plannedInput(object, 'csv', header.end, header.layout)
    : { key: object.key, etag: object.etag, reason: header.reason };
}

async function readUnchanged(
  landing: ObjectStore,
  { key, etag }: LandingObject,
  endByte: number,
): Promise<Uint8Array> {
  if (endByte === 0) return new Uint8Array(0);
  try {
    return await landing.get(key, { range: { startByte: 0, endByte }, ifMatch: etag });
  } catch (error) {
    throw asInputChanged(key, error);
  }
}
