import type { TableName } from '../../shared/model/tables.ts';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { BucketResult, ReduceCounts } from '../run/bucket-result.ts';
import type { BucketAggregates } from './aggregates.ts';
import { BucketFindings, type FindingRules } from './bucket-findings.ts';

/** The result of a bucket under construction. */
export class BucketParts {
  readonly bucketIndex: number;
  readonly counts: ReduceCounts = { active: 0, cancelled: 0, duplicate: 0, quarantined: 0 };
  readonly findings: BucketFindings;
  readonly #files: { table: TableName; wave: number; file: TableFile }[] = [];
  readonly #byDay = new Map<number, { orders: number; cents: bigint }>();
  readonly #byHour = Array.from({ length: 24 }, () => ({ orders: 0, cents: 0n }));

  constructor(bucketIndex: number, rules: FindingRules) {
    this.bucketIndex = bucketIndex;
    this.findings = new BucketFindings(rules);
  }

  addFile(table: TableName, wave: number, file: TableFile): void {
    this.#files.push({ table, wave, file });
  }

  addSums(aggregates: BucketAggregates): void {
    for (const [day, { orders, cents }] of aggregates.byDay) {
      const before = this.#byDay.get(day) ?? { orders: 0, cents: 0n };
      this.#byDay.set(day, { orders: before.orders + orders, cents: before.cents + cents });
    }
    this.#byHour.forEach((sum, hour) => {
      sum.orders += aggregates.byHour.counts[hour];
      sum.cents += aggregates.byHour.centsAt(hour);
    });
  }

  result(): BucketResult {
    const files: Partial<Record<TableName, TableFile[]>> = {};
    // In order of records, in whichever order the waves were taken.
    for (const { table, file } of this.#files.toSorted((a, b) => a.wave - b.wave)) {
      const others = files[table] ?? [];
      files[table] = others;
      others.push(file);
    }
    return {
      bucketIndex: this.bucketIndex,
      counts: this.counts,
      files,
      byDay: this.#byDay,
      byHour: this.#byHour,
      findings: this.findings.found,
    };
  }
}
