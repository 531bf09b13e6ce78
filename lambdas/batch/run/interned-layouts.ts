import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';

/** Most files have the same header: each layout is kept once, and has a number. */
export class InternedLayouts {
  readonly all: CsvLayout[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(layout: CsvLayout | null): number | null {
    if (layout === null) return null;
    const name = `${layout.delimiter}:${layout.fields.join()}`;
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    this.#indexes.set(name, this.all.length);
    return this.all.push(layout) - 1;
  }

  shared(layout: CsvLayout): CsvLayout {
    return this.all[this.indexOf(layout) as number];
  }
}
