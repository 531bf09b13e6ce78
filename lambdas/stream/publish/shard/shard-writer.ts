import { type NamedColumns, plain, type RowGroupData } from '../../../shared/bytes/column-data.ts';
import { assert, TerminalError } from '../../../shared/model/errors.ts';
import { CUSTOMER, PRODUCT } from '../../../shared/model/order.ts';
import type { TableName } from '../../../shared/model/tables.ts';
import type { JoinedRows } from '../../../shared/rows/order-rows.ts';
import { splitRows, type TableRows } from '../../../shared/rows/split-rows.ts';
import { rowsOfOutcomes, TableParts } from '../../../shared/rows/table-parts.ts';
import {
  countOutcomes,
  isConserved,
  OUTCOMES,
  type OutcomeCounts,
  zeroCounts,
} from '../../../shared/rules/outcome.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { ShardResult } from '../../../shared/state/shard-result.ts';
import type { PublishContext, PublishMemory } from './publish-memory.ts';
import { NoticeCounter } from './shard-notices.ts';
import { ShardSums } from './shard-sums.ts';

/** Writes the chunks of one shard in one epoch, and adds up its result. */
export class ShardWriter {
  readonly #plan: EpochPlan;
  readonly #shardId: string;
  readonly #context: PublishContext;
  readonly #memory: PublishMemory;
  readonly #sums: ShardSums;
  readonly #notices = new NoticeCounter();
  readonly #counts: OutcomeCounts = zeroCounts();
  readonly #parts: TableParts;
  /** Part of the names of files. */
  #chunkIndex = 0;

  constructor(plan: EpochPlan, shardId: string, context: PublishContext, memory: PublishMemory) {
    const { lake, keys, parquet } = context;
    this.#plan = plan;
    this.#shardId = shardId;
    this.#context = context;
    this.#memory = memory;
    this.#sums = new ShardSums(plan.windowLengthMs);
    const folderOf = (table: TableName) => keys.table(table, plan.epoch);
    this.#parts = new TableParts({ lake, door: 'stream', folderOf, parquet });
  }

  /** Writes the rows of the chunk and empties it. */
  async writeChunk(): Promise<void> {
    const { chunk, kernel } = this.#memory;
    const { arena, outcome, rowCount } = chunk;
    const counts = countOutcomes(outcome, 0, rowCount);
    this.#counts.read += rowCount;
    for (const name of OUTCOMES) this.#counts[name] += counts[name];
    this.#sums.startChunk(chunk);
    this.#notices.addChunk(chunk);
    const joined = this.#join();
    const sorted = chunk.sorter();
    const roomAt = arena.take(rowCount * 8);
    const split = { kernel, arena, roomAt, outcomesAt: outcome.byteOffset };
    for (const { rows, ...file } of splitRows(chunk, split)) {
      await this.#writeRows({ ...file, rows: sorted(rows) }, joined);
    }
    if (chunk.columns.quarantinedCount > 0) await this.#writeQuarantined(sorted);
    this.#chunkIndex += 1;
    chunk.clear();
  }

  /** Throws `TerminalError` `not_conserved` where the files do not hold what was read. */
  result(): ShardResult {
    const { epoch } = this.#plan;
    const { files } = this.#parts;
    const stored = rowsOfOutcomes(files);
    const isStored = OUTCOMES.every((outcome) => stored[outcome] === this.#counts[outcome]);
    if (!isStored || !isConserved(this.#counts)) {
      const numbers = JSON.stringify({ counts: this.#counts, stored });
      const message = `record counts of ${this.#shardId} do not match: ${numbers}`;
      throw new TerminalError('not_conserved', message);
    }
    return {
      result_format: 1,
      epoch,
      shard: this.#shardId,
      counts: this.#counts,
      issues: this.#sums.issueRecords(),
      files,
      notices: this.#notices.notices(),
      ...this.#sums.cells(),
    };
  }

  #join(): JoinedRows {
    const { customers, products } = this.#context;
    const { dictionaries } = this.#memory.chunk;
    return {
      customers,
      customerRow: customers.rowsOf(dictionaries[CUSTOMER]),
      products,
      productRow: products.rowsOf(dictionaries[PRODUCT]),
    };
  }

  async #writeRows({ table, day, rows }: TableRows, joined: JoinedRows): Promise<void> {
    const { chunk, rows: picked, positions } = this.#memory;
    picked.pick(chunk, rows);
    if (table === 'orders') {
      assert(day !== null, 'orders are split by day');
      this.#sums.addDay(day, chunk, picked);
      this.#notices.addActive(chunk, rows, joined);
    }
    const further: Partial<Record<TableName, () => NamedColumns>> = {
      orders: () => picked.joinedColumns(joined),
      late: () => ({ watermark: plain(Float64Array.from(rows, (row) => chunk.watermarkMs[row])) }),
    };
    const columns = {
      ...picked.columns(chunk),
      ...further[table]?.(),
      ...positions.columns(chunk, rows),
    };
    await this.#write(table, day, [{ rowCount: rows.length, columns }]);
  }

  async #writeQuarantined(sorted: (rows: Uint32Array) => Uint32Array): Promise<void> {
    const { quarantinedRow, quarantinedCount } = this.#memory.chunk.columns;
    const rows = sorted(quarantinedRow.slice(0, quarantinedCount));
    await this.#write('quarantine', null, this.#quarantineGroups(rows));
  }

  /** Row groups in the order of `rows`; each one is valid until the next is asked for. */
  *#quarantineGroups(rows: Uint32Array): Generator<RowGroupData> {
    const { chunk, quarantine, positions } = this.#memory;
    if (quarantine.rowCount > 0) quarantine.take(); // Left by a file that failed.
    const { eventPaths } = this.#context.rules;
    const recordOf = chunk.quarantinedRecords();
    let from = 0;
    for (let i = 0; i < rows.length; i++) {
      quarantine.addEvent(recordOf(rows[i]), chunk.columns.issues[rows[i]], eventPaths);
      if (!quarantine.isFull && i < rows.length - 1) continue;
      const group = rows.subarray(from, i + 1);
      const columns = { ...quarantine.take(), ...positions.columns(chunk, group) };
      yield { rowCount: group.length, columns };
      from = i + 1;
    }
  }

  async #write(table: TableName, day: number | null, groups: Iterable<RowGroupData>) {
    await this.#parts.write({ table, day, part: `${this.#shardId}-${this.#chunkIndex}` }, groups);
  }
}
