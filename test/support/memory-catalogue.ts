import type {
  Catalogue,
  CatalogueEntry,
  CataloguePart,
} from '../../lambdas/shared/ports/catalogue.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';

/** Tables by name, as a query would find them. */
export class MemoryCatalogue implements Catalogue {
  readonly entries = new Map<string, CatalogueEntry>();
  readonly parts = new Map<string, Map<string, CataloguePart>>();
  /** Calls that changed anything, in order. */
  readonly changes: string[] = [];

  async publicationOf(name: string): Promise<string | null> {
    return this.entries.get(name)?.publication ?? null;
  }

  async addParts({ name }: CatalogueEntry, parts: readonly CataloguePart[]): Promise<void> {
    if (!this.entries.has(name)) throw new Error(`there is no table ${name}`);
    const known = this.parts.get(name) ?? new Map<string, CataloguePart>();
    this.parts.set(name, known);
    for (const part of parts) {
      if (known.has(part.epoch)) continue;
      known.set(part.epoch, part);
      this.changes.push(`${name} + ${part.epoch}`);
    }
  }

  async moveParts({ name }: CatalogueEntry, parts: readonly CataloguePart[]): Promise<void> {
    const known = this.parts.get(name);
    for (const part of parts) {
      if (known?.has(part.epoch) !== true) throw new Error(`${name} has no part ${part.epoch}`);
      known.set(part.epoch, part);
    }
  }

  async put(entry: CatalogueEntry): Promise<void> {
    const known = this.entries.get(entry.name);
    if (JSON.stringify(known) === JSON.stringify(entry)) return;
    this.entries.set(entry.name, entry);
    this.changes.push(`${entry.name} = ${entry.publication}`);
  }

  /** Keys of the files that a query over the whole table reads. */
  async filesOf(lake: ObjectStore, name: string): Promise<string[]> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Error(`there is no table ${name}`);
    const parts = [...(this.parts.get(name)?.values() ?? [])].map(({ folder }) => folder);
    const keys: string[] = [];
    for (const folder of entry.hasParts ? parts : [entry.folder]) {
      for await (const { key } of lake.list(folder)) keys.push(key);
    }
    return keys.sort();
  }
}
