import { createHash } from 'node:crypto';
import {
  BatchCreatePartitionCommand,
  CreateTableCommand,
  GetTableCommand,
  type GlueClient,
  type Column as GlueColumn,
  type StorageDescriptor,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { Column, ColumnType } from '../../model/tables.ts';
import type { Catalogue, CatalogueEntry, CataloguePart } from '../../ports/catalogue.ts';
import { RetryableError } from '../../runtime/errors.ts';
import { isNamed, toCallError } from './aws-errors.ts';

export interface GlueCatalogueOptions {
  readonly client: GlueClient;
  readonly database: string;
  /** The lake, as its objects begin with no folder before them. */
  readonly bucket: string;
}

/** Partitions of one BatchCreatePartition at most (Glue API, `PartitionInputList`). */
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
    for (let from = 0; from < parts.length; from += PARTITIONS_PER_CALL) {
      const request = {
        DatabaseName: this.#database,
        TableName: entry.name,
        PartitionInputList: parts
          .slice(from, from + PARTITIONS_PER_CALL)
          .map(({ epoch, folder }) => ({
            Values: [epoch],
            StorageDescriptor: this.#storage(entry, folder),
          })),
      };
      const { Errors: errors = [] } = await this.#call('BatchCreatePartition', entry.name, () =>
        this.#client.send(new BatchCreatePartitionCommand(request)),
      );
      const failed = errors.find(
        ({ ErrorDetail }) => ErrorDetail?.ErrorCode !== 'AlreadyExistsException',
      );
      if (failed === undefined) continue;
      const { ErrorCode, ErrorMessage } = failed.ErrorDetail ?? {};
      const part = `epoch ${failed.PartitionValues?.join()} of table ${entry.name}`;
      throw new RetryableError(`add ${part} to the catalogue: ${ErrorCode}: ${ErrorMessage}`);
    }
  }

  /** Null where there is no such table. */
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
