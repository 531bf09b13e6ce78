import { createHash } from 'node:crypto';
import {
  BatchCreatePartitionCommand,
  BatchUpdatePartitionCommand,
  CreateTableCommand,
  GetTableCommand,
  type GlueClient,
  type Column as GlueColumn,
  type PartitionError,
  type StorageDescriptor,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { Column, ColumnType } from '../../model/column.ts';
import { RetryableError } from '../../model/errors.ts';
import type { Catalogue, CatalogueEntry, CataloguePart } from '../../ports/catalogue.ts';
import { isNamed, toCallError } from './aws-errors.ts';

export interface GlueCatalogueOptions {
  readonly client: GlueClient;
  readonly database: string;
  /** The lake, as its objects begin with no folder before them. */
  readonly bucket: string;
}

/** Partitions of one call at most (Glue API, `PartitionInputList` and `Entries`). */
const PARTITIONS_PER_CALL = 100;

/** Hive's names of the one format that all tables have. */
const PARQUET = {
  InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  SerdeInfo: {
    SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  },
};

/** Parameters of a table: to which publication it was brought, and a hash of all it says. */
const PUBLICATION = 'tandem.publication';
const CONTENT = 'tandem.content';

/**
 * A Glue database as catalogue. A table is replaced by one UpdateTable, so that Athena sees the
 * publication before or this one; the parts of a table are partitions by `epoch`. Files below the
 * folder of a day belong to the folder above: Athena reads folders in folders, and the day is a
 * column of the file.
 */
export class GlueCatalogue implements Catalogue {
  readonly #client: GlueClient;
  readonly #database: string;
  readonly #bucket: string;

  constructor({ client, database, bucket }: GlueCatalogueOptions) {
    this.#client = client;
    this.#database = database;
    this.#bucket = bucket;
  }

  async publicationOf(name: string): Promise<string | null> {
    return (await this.#parametersOf(name))?.[PUBLICATION] ?? null;
  }

  async put(entry: CatalogueEntry): Promise<void> {
    const input = this.#inputOf(entry);
    const parameters = await this.#parametersOf(entry.name);
    if (parameters?.[CONTENT] === input.Parameters?.[CONTENT]) return;
    if (parameters === null && (await this.#created(input))) return;
    // Older versions of a table would only fill the account's quota of them.
    const request = { DatabaseName: this.#database, TableInput: input, SkipArchive: true };
    await this.#call('UpdateTable', entry.name, () =>
      this.#client.send(new UpdateTableCommand(request)),
    );
  }

  async addParts(entry: CatalogueEntry, parts: readonly CataloguePart[]): Promise<void> {
    await this.#inCalls(parts, async (some) => {
      const request = { ...this.#tableOf(entry), PartitionInputList: this.#partsOf(entry, some) };
      const { Errors: errors = [] } = await this.#call('BatchCreatePartition', entry.name, () =>
        this.#client.send(new BatchCreatePartitionCommand(request)),
      );
      const isNew = ({ ErrorDetail }: PartitionError) =>
        ErrorDetail?.ErrorCode !== 'AlreadyExistsException';
      assertNone(
        errors.filter(isNew),
        (part) => `add ${part} of table ${entry.name} to the catalogue`,
      );
    });
  }

  async moveParts(entry: CatalogueEntry, parts: readonly CataloguePart[]): Promise<void> {
    await this.#inCalls(parts, async (some) => {
      const inputs = this.#partsOf(entry, some);
      const entries = inputs.map((input) => ({
        PartitionValueList: input.Values,
        PartitionInput: input,
      }));
      const request = { ...this.#tableOf(entry), Entries: entries };
      const { Errors: errors = [] } = await this.#call('BatchUpdatePartition', entry.name, () =>
        this.#client.send(new BatchUpdatePartitionCommand(request)),
      );
      const named = errors.map(({ PartitionValueList: PartitionValues, ErrorDetail }) => {
        return { PartitionValues, ErrorDetail } as PartitionError;
      });
      assertNone(named, (part) => `move ${part} of table ${entry.name} in the catalogue`);
    });
  }

  async #inCalls(
    parts: readonly CataloguePart[],
    call: (some: readonly CataloguePart[]) => Promise<void>,
  ): Promise<void> {
    for (let from = 0; from < parts.length; from += PARTITIONS_PER_CALL) {
      await call(parts.slice(from, from + PARTITIONS_PER_CALL));
    }
  }

  #tableOf({ name }: CatalogueEntry) {
    return { DatabaseName: this.#database, TableName: name };
  }

  #partsOf(entry: CatalogueEntry, parts: readonly CataloguePart[]) {
    return parts.map(({ epoch, folder }) => ({
      Values: [epoch],
      StorageDescriptor: this.#storage(entry, folder),
    }));
  }

  /** Null if there is no such table. */
  async #parametersOf(name: string): Promise<Readonly<Record<string, string>> | null> {
    const request = { DatabaseName: this.#database, Name: name };
    try {
      const { Table: table } = await this.#client.send(new GetTableCommand(request));
      return table?.Parameters ?? {};
    } catch (error) {
      if (isNamed(error, 'EntityNotFoundException')) return null;
      throw this.#toError(error, 'GetTable', name);
    }
  }

  /** False where another one was faster. */
  async #created(input: TableInput): Promise<boolean> {
    const request = { DatabaseName: this.#database, TableInput: input };
    try {
      await this.#client.send(new CreateTableCommand(request));
      return true;
    } catch (error) {
      if (isNamed(error, 'AlreadyExistsException')) return false;
      throw this.#toError(error, 'CreateTable', input.Name ?? '');
    }
  }

  async #call<Answer>(action: string, name: string, send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send();
    } catch (error) {
      throw this.#toError(error, action, name);
    }
  }

  #toError(error: unknown, action: string, name: string): unknown {
    const resource = `table ${name} of Glue database ${this.#database}`;
    return toCallError(error, {
      what: `${action} of ${resource}`,
      resource,
      permission: `glue:${action}`,
    });
  }

  #inputOf(entry: CatalogueEntry): TableInput {
    const { name, table, publication, folder, hasParts } = entry;
    const input: TableInput = {
      Name: name,
      Description: table.description,
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: hasParts ? [{ Name: 'epoch', Type: 'string' }] : [],
      StorageDescriptor: this.#storage(entry, folder),
    };
    const content = createHash('sha256')
      .update(JSON.stringify([input, publication]))
      .digest('hex');
    const parameters = { [PUBLICATION]: publication, [CONTENT]: content };
    return { ...input, Parameters: { classification: 'parquet', ...parameters } };
  }

  #storage({ table }: CatalogueEntry, folder: string): StorageDescriptor {
    return {
      ...PARQUET,
      Location: `s3://${this.#bucket}/${folder}`,
      Columns: table.columns.map((column) => glueColumn(column)),
    };
  }
}

function assertNone([failed]: readonly PartitionError[], what: (part: string) => string): void {
  if (failed === undefined) return;
  const { ErrorCode, ErrorMessage } = failed.ErrorDetail ?? {};
  const part = `epoch ${failed.PartitionValues?.join()}`;
  throw new RetryableError(`${what(part)}: ${ErrorCode}: ${ErrorMessage}`);
}

function glueColumn({ name, type, description }: Column): GlueColumn {
  return { Name: name, Type: glueType(type), Comment: description };
}

function glueType(type: ColumnType): string {
  switch (type.kind) {
    case 'string':
      return 'string';
    case 'int32':
      return 'int';
    case 'int64':
      return 'bigint';
    case 'date':
      return 'date';
    case 'timestamp':
      return 'timestamp';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
  }
}
