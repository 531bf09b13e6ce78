import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { listLanding } from '../../../lambdas/shared/ingest/list-landing.ts';
import { CUSTOMERS, PRODUCTS } from '../../../lambdas/shared/model/dimension.ts';
import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';
import { TerminalError, UsageError } from '../../../lambdas/shared/runtime/errors.ts';
import type { InputFile } from '../../embedded/produce/input-file.ts';

/** A file and where it goes. */
export interface UploadFile extends InputFile {
  /** In the landing bucket. */
  readonly targetKey: string;
  readonly sizeBytes: number;
}

/** The folders of a landing zone, with the columns that their files need (contract §1). */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  orders: ORDER_FIELDS,
  customers: CUSTOMERS.fields,
  products: PRODUCTS.fields,
};
const FOLDERS = Object.keys(FIELDS);

/**
 * The files of paths, in order of keys. A folder holds `orders/`, `customers/`, `products/`, or is
 * one of them; a file keeps its place below the last of these in its path, and goes to `orders/`
 * otherwise. What batch would pass over is passed over here. Throws `UsageError` `upload_unknown`,
 * `TerminalError` `file_not_found`.
 */
export async function findUploads(paths: readonly string[]): Promise<UploadFile[]> {
  const byKey = new Map<string, UploadFile>();
  for (const path of paths) {
    for (const file of await filesOf(path)) {
      const other = byKey.get(file.targetKey);
      if (other !== undefined && other.name !== file.name) {
        const message = `${other.name} and ${file.name} would both become ${file.targetKey}`;
        throw new UsageError('upload_unknown', message);
      }
      byKey.set(file.targetKey, file);
    }
  }
  return [...byKey.values()].sort((a, b) => (a.targetKey < b.targetKey ? -1 : 1));
}

async function filesOf(path: string): Promise<UploadFile[]> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new TerminalError('file_not_found', `no file or folder ${path}`, { cause });
  });
  return found.isDirectory() ? await folderFiles(path) : [plainFile(path, found.size)];
}

async function folderFiles(path: string): Promise<UploadFile[]> {
  const full = resolve(path);
  const own = FOLDERS.includes(basename(full)) ? basename(full) : null;
  const root = own === null ? full : dirname(full);
  const store = new FileObjectStore(root);
  const { orders, customers, products } = await listLanding(store);
  const files = [...orders, ...customers, ...products]
    .filter(({ key }) => own === null || key.startsWith(`${own}/`))
    .map(({ key, sizeBytes }) => ({
      name: store.pathOf(key),
      store,
      key,
      format: 'csv' as const,
      fields: fieldsOf(key),
      targetKey: key,
      sizeBytes,
    }));
  if (files.length > 0) return files;
  const names = await readdir(full);
  const places = own === null ? FOLDERS.map((name) => `${name}/`).join(', ') : `${own}/`;
  throw new UsageError(
    'upload_unknown',
    `${path} has no .csv or .csv.gz below ${places}` +
      `${names.length === 0 ? '; it is empty' : ''}. Orders of another folder go file by file.`,
  );
}

function plainFile(path: string, sizeBytes: number): UploadFile {
  if (!/\.csv(\.gz)?$/.test(path)) {
    const allowed = 'Allowed: names that end in .csv or .csv.gz, and folders.';
    throw new UsageError('upload_unknown', `${path} is no CSV file by its name. ${allowed}`);
  }
  const full = resolve(path);
  const names = full.split(sep);
  const at = names.findLastIndex((name, index) => {
    return FOLDERS.includes(name) && index < names.length - 1;
  });
  const targetKey = at < 0 ? `orders/${basename(full)}` : names.slice(at).join('/');
  return {
    name: path,
    store: new FileObjectStore(dirname(full)),
    key: basename(full),
    format: 'csv',
    fields: fieldsOf(targetKey),
    targetKey,
    sizeBytes,
  };
}

function fieldsOf(key: string): readonly string[] {
  return FIELDS[key.slice(0, key.indexOf('/'))] ?? ORDER_FIELDS;
}
