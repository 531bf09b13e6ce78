import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';

/** Numbers distinct layouts and keeps each once, as most files have the same header. */
export class InternedLayouts {
  readonly all: CsvLayout[] = [];
  readonly #indexes = new Map<string, number>();

  /** The number of a layout, a new one if it is new; null for none. */
  indexOf(layout: CsvLayout | null): number | null {
    if (layout === null) return null;
    const name = `${layout.delimiter}:${layout.fields.join()}`;
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    this.#indexes.set(name, this.all.length);
    return this.all.push(layout) - 1;
  }

  /** The one copy that is kept of an equal layout. */
  shared(layout: CsvLayout): CsvLayout {
    return this.all[this.indexOf(layout) as number];
  }
}
