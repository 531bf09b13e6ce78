import type { Table } from '../model/tables.ts';

/** A table as queries find it, brought to one publication (contract §3.1). */
export interface CatalogueEntry {
  /** `batch_orders`: in one database. */
  readonly name: string;
  readonly table: Table;
  /** What names the publication: a run id, or an epoch in 8 digits. */
  readonly publication: string;
  /**
   * Key of the lake below which the files are, in any folders. For a table with parts: where the
   * parts' folders are.
   */
  readonly folder: string;
  /** True: the files are those of its parts, each of which is an epoch. */
  readonly hasParts: boolean;
}

/** The rows that one epoch adds to a table. */
export interface CataloguePart {
  readonly epoch: string;
  readonly folder: string;
}

/** What tells queries which files a table has. */
export interface Catalogue {
  /** The publication that a table shows; null if there is no such table yet. */
  publicationOf(name: string): Promise<string | null>;

  /** Adds parts to a table that is there. Those that it has stay as they are. */
  addParts(entry: CatalogueEntry, parts: readonly CataloguePart[]): Promise<void>;

  /** Lets parts that are there be those of these folders, each in one step. May be repeated. */
  moveParts(entry: CatalogueEntry, parts: readonly CataloguePart[]): Promise<void>;

  /** Replaces a table in one step: readers see it as before or as `entry` says. Safe to repeat. */
  put(entry: CatalogueEntry): Promise<void>;
}
