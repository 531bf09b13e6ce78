import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { isHidden, listLanding } from '../../../lambdas/shared/ingest/list-landing.ts';
import { dimensionForm, InputForms } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { DIMENSIONS, LANDING_FOLDERS } from '../../../lambdas/shared/model/dimension.ts';
import { TerminalError, UsageError } from '../../../lambdas/shared/model/errors.ts';
import type { FileForm, InputFile } from '../../common/input-file.ts';
import { landingKeyOf } from '../../common/landing-key.ts';

/** A file and where it goes. */
export interface UploadFile extends InputFile {
  /** Key in the landing bucket. */
  readonly targetKey: string;
  readonly sizeBytes: number;
}

/** What paths hold. */
export interface FoundUploads {
  /** In order of keys. */
  readonly files: readonly UploadFile[];
  /** Files and folders that batch would not read. */
  readonly passedOver: readonly string[];
}

/** Names in a message. */
const MAX_NAMES = 5;

/**
 * Finds the files below paths, whatever their extension. A folder holds `orders/`, `customers/` or
 * `products/`, or is one of them; a file keeps its place below the last of these in its path,
 * otherwise goes to `orders/`. Skips what batch skips. Throws `UsageError` `upload_unknown`,
 * `TerminalError` `file_not_found`.
 */
export async function findUploads(
  paths: readonly string[],
  config: Pick<Config, 'input' | 'rules'>,
): Promise<FoundUploads> {
  const forms = new InputForms(config);
  const formOf = (key: string): FileForm => {
    const dimension = DIMENSIONS.find(({ name }) => key.startsWith(`${name}/`));
    return dimension === undefined ? forms.of(key) : dimensionForm(key, dimension, config);
  };

  const byKey = new Map<string, UploadFile>();
  const passedOver: string[] = [];
  for (const path of paths) {
    const found = await uploadsOf(path, formOf);
    passedOver.push(...found.passedOver);
    for (const file of found.files) {
      const other = byKey.get(file.targetKey);
      if (other !== undefined && other.name !== file.name) {
        const message = `${other.name} and ${file.name} would both become ${file.targetKey}`;
        throw new UsageError('upload_unknown', message);
      }
      byKey.set(file.targetKey, file);
    }
  }
  const files = [...byKey.values()].sort((a, b) => (a.targetKey < b.targetKey ? -1 : 1));
  return { files, passedOver };
}

type FormOf = (key: string) => FileForm;

async function uploadsOf(path: string, formOf: FormOf): Promise<FoundUploads> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new TerminalError('file_not_found', `no file or folder ${path}`, { cause });
  });
  if (found.isDirectory()) return await folderUploads(path, formOf);
  return { files: [plainFile(path, found.size, formOf)], passedOver: [] };
}

async function folderUploads(path: string, formOf: FormOf): Promise<FoundUploads> {
  const full = resolve(path);
  const own = LANDING_FOLDERS.includes(basename(full)) ? basename(full) : null;
  const root = own === null ? full : dirname(full);
  const store = new FileObjectStore(root);
  const { orders, customers, products } = await listLanding(store);
  const files = [...orders, ...customers, ...products]
    .filter(({ key }) => own === null || key.startsWith(`${own}/`))
    .map(({ key, sizeBytes }) => ({
      name: store.pathOf(key),
      store,
      key,
      form: formOf(key),
      targetKey: key,
      sizeBytes,
    }));
  const passedOver = [
    ...(own === null ? await otherNames(full) : []),
    ...(await hiddenFiles(store, own === null ? LANDING_FOLDERS : [own])),
  ];
  if (files.length > 0) return { files, passedOver };
  const places = own === null ? LANDING_FOLDERS.map((name) => `${name}/`).join(', ') : `${own}/`;
  throw new UsageError(
    'upload_unknown',
    `${path} has no file to read below ${places}${insteadText(passedOver)}. ` +
      'To upload orders from another folder, name the files.',
  );
}

function insteadText(names: readonly string[]): string {
  if (names.length === 0) return '; it is empty';
  const rest = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return `; it has ${names.slice(0, MAX_NAMES).join(', ')}${rest}`;
}

/** Files outside the three folders. */
async function otherNames(full: string): Promise<string[]> {
  const entries = await readdir(full, { withFileTypes: true });
  return entries
    .filter(({ name }) => !LANDING_FOLDERS.includes(name))
    .map((entry) => `${join(full, entry.name)}${entry.isDirectory() ? sep : ''}`)
    .sort();
}

async function hiddenFiles(store: FileObjectStore, folders: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const folder of folders) {
    for await (const { key } of store.list(`${folder}/`)) {
      if (isHidden(key, `${folder}/`)) names.push(store.pathOf(key));
    }
  }
  return names;
}

function plainFile(path: string, sizeBytes: number, formOf: FormOf): UploadFile {
  const full = resolve(path);
  const targetKey = landingKeyOf(path);
  if (isHidden(targetKey, targetKey.slice(0, targetKey.indexOf('/') + 1))) {
    const message = `${path} would not be read: names that begin with . or _ are ignored; rename it`;
    throw new UsageError('upload_unknown', message);
  }
  return {
    name: path,
    store: new FileObjectStore(dirname(full)),
    key: basename(full),
    form: formOf(targetKey),
    targetKey,
    sizeBytes,
  };
}
