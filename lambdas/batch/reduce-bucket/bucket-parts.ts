import { TABLE_NAMES } from '../../shared/model/tables.ts';
import { HOURS_PER_DAY } from '../../shared/model/time.ts';
import { type PartFiles, rowsOfOutcomes } from '../../shared/rows/table-parts.ts';
import type { BucketResult, ReduceCounts } from '../run/bucket-result.ts';
import type { BucketAggregates } from './aggregates.ts';
import { BucketFindings, type FindingRules } from './bucket-findings.ts';

/** The result of a bucket under construction. */
export class BucketParts {
  readonly bucketIndex: number;
  readonly findings: BucketFindings;
  readonly #filesOfWave: PartFiles[] = [];
  readonly #byDay = new Map<number, { orders: number; cents: bigint }>();
  readonly #byHour = Array.from({ length: HOURS_PER_DAY }, () => ({ orders: 0, cents: 0n }));

  constructor(bucketIndex: number, rules: FindingRules) {
    this.bucketIndex = bucketIndex;
    this.findings = new BucketFindings(rules);
  }

  /** Takes the files of a wave, in whichever order the waves were taken. */
  addFiles(wave: number, files: PartFiles): void {
    this.#filesOfWave[wave] = files;
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
    const files: PartFiles = {};
    for (const ofWave of this.#filesOfWave) {
      for (const table of TABLE_NAMES) {
        const own = ofWave[table];
        if (own !== undefined) files[table] = [...(files[table] ?? []), ...own];
      }
    }
    return {
      bucketIndex: this.bucketIndex,
      counts: countsOf(files),
      files,
      byDay: this.#byDay,
      byHour: this.#byHour,
      findings: this.findings.found,
    };
  }
}

/** Each record is one row of one file. */
function countsOf(files: PartFiles): ReduceCounts {
  const { active, cancelled, duplicate, quarantined } = rowsOfOutcomes(files);
  return { active, cancelled, duplicate, quarantined };
}
