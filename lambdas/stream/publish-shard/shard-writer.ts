import type { ColumnData, RowGroupData } from '../../shared/bytes/column-data.ts';
import { assert, cleanUpOnFailure, TerminalError } from '../../shared/model/errors.ts';
import {
  isConserved,
  OUTCOMES,
  type OutcomeCounts,
  zeroCounts,
} from '../../shared/model/outcome.ts';
import { type TableName, tableOf } from '../../shared/model/tables.ts';
import { formatDay } from '../../shared/model/time.ts';
import {
  partitionFolder,
  type TableFile,
  TableFileWriter,
} from '../../shared/parquet/table-file.ts';
import type { EpochPlan } from '../../shared/state/epoch-plan.ts';
import { rowsOfOutcomes, type ShardResult } from '../../shared/state/shard-result.ts';
import type { JoinedRows } from './event-rows.ts';
import type { PublishContext, PublishMemory } from './publish-shard.ts';
import { type FileRows, splitRows } from './row-tables.ts';
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
  readonly #files: Partial<Record<TableName, TableFile[]>> = {};
  /** Part of the names of files. */
  #chunkIndex = 0;

  constructor(plan: EpochPlan, shardId: string, context: PublishContext, memory: PublishMemory) {
    this.#plan = plan;
    this.#shardId = shardId;
    this.#context = context;
    this.#memory = memory;
    this.#sums = new ShardSums(plan.windowLengthMs);
  }

  /** Writes the rows of the chunk and empties it. */
  async writeChunk(): Promise<void> {
    const { chunk } = this.#memory;
    const { customers, products } = this.#context;
    const { columns, outcome, rowCount } = chunk;
    this.#counts.read += rowCount;
    for (let row = 0; row < rowCount; row++) this.#counts[OUTCOMES[outcome[row]]] += 1;
    this.#sums.startChunk(chunk);
    this.#notices.addChunk(chunk);
    const joined: JoinedRows = {
      customers,
      customerRow: customers.rowsOf(columns.customers),
      products,
      productRow: products.rowsOf(columns.products),
    };
    const rows = chunk.sortedRows();
    for (const file of splitRows(chunk, rows)) await this.#writeRows(file, joined);
    if (columns.quarantinedCount > 0) {
      const groups = this.#memory.quarantine.groups(chunk, rows);
      await this.#writeFile('quarantine', null, groups);
    }
    this.#chunkIndex += 1;
    chunk.clear();
  }

  /** Throws `TerminalError` `not_conserved` where the files do not hold what was read. */
  result(): ShardResult {
    const { epoch } = this.#plan;
    const stored = rowsOfOutcomes(this.#files);
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
      files: this.#files,
      notices: this.#notices.notices(),
      ...this.#sums.cells(),
    };
  }

  async #writeRows({ table, day, rows }: FileRows, joined: JoinedRows): Promise<void> {
    const { chunk, rows: picked } = this.#memory;
    picked.pick(chunk, rows);
    if (table === 'orders') {
      assert(day !== null, 'orders are split by day');
      this.#sums.addDay(day, chunk, picked);
      this.#notices.addActive(chunk, rows, joined);
    }
    const further: Partial<Record<TableName, () => ColumnData[]>> = {
      orders: () => picked.joinedColumns(joined),
      late: () => [picked.watermarkColumn()],
    };
    const columns = [
      ...picked.orderColumns(chunk),
      ...(further[table]?.() ?? []),
      ...picked.positionColumns(),
    ];
    await this.#writeFile(table, day, [{ rowCount: rows.length, columns }]);
  }

  async #writeFile(name: TableName, day: number | null, groups: Iterable<RowGroupData>) {
    const { lake, keys, parquet } = this.#context;
    const partition = day === null ? null : { order_date: formatDay(day) };
    const part = `part-${this.#shardId}-${this.#chunkIndex}.parquet`;
    const key = `${keys.table(name, this.#plan.epoch)}${partitionFolder(partition)}${part}`;
    const writer = new TableFileWriter(lake, tableOf('stream', name), parquet, { key, partition });
    const file = await cleanUpOnFailure(
      async () => {
        for (const group of groups) await writer.write(group);
        return await writer.closeOnce();
      },
      () => writer.abort(),
    );
    const files = this.#files[name] ?? [];
    files.push(file);
    this.#files[name] = files;
  }
}
