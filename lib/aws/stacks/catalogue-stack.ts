import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Construct } from 'constructs';
import {
  type Column,
  type ColumnType,
  type Door,
  type Table,
  tablesOf,
} from '../../../lambdas/shared/model/tables.ts';
import type { Deployment } from '../deployment.ts';
import type { StorageStack } from './storage-stack.ts';

/** A query that reads more is stopped. */
const MAX_SCANNED_BYTES = 100 * 1024 ** 3;

const PARQUET = {
  inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serdeInfo: {
    serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  },
};

/** What names one publication in the keys of a door's tables. */
const PUBLICATION: Readonly<Record<Door, 'run' | 'epoch'>> = { batch: 'run', stream: 'epoch' };

/**
 * Tables for Athena, from the one definition of them. A query names the publication it reads
 * (`where run = '…'`, `where epoch in (…)`), as the manifest does: Athena projects the folder from
 * it and lists nothing else, so files of runs that were never published are not seen.
 */
export class CatalogueStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { deployment: Deployment; storage: StorageStack },
  ) {
    super(scope, id, props);
    const { deployment, storage } = props;
    const name = deployment.config.aws.stackPrefix.toLowerCase();
    const database = new CfnDatabase(this, 'Database', {
      catalogId: this.account,
      databaseInput: { name, description: 'Order revenue: batch_* and stream_* tables' },
    });
    const lake = storage.lake.s3UrlForObject();
    for (const table of [...tablesOf('batch'), ...tablesOf('stream')]) {
      this.#table(table, name, lake).addResourceDependency(database);
    }
    const workgroup = new CfnWorkGroup(this, 'Workgroup', {
      name,
      recursiveDeleteOption: deployment.isEphemeral,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: MAX_SCANNED_BYTES,
        resultConfiguration: {
          outputLocation: `${lake}/athena-results/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    new CfnOutput(this, 'CatalogueDatabase', { value: name, description: 'tables for Athena' });
    new CfnOutput(this, 'CatalogueWorkgroup', {
      value: workgroup.name,
      description: 'queries run in it',
    });
  }

  #table(table: Table, databaseName: string, lake: string): CfnTable {
    const publication = PUBLICATION[table.door];
    const partitions = [publication, ...(table.partitionBy === null ? [] : [table.partitionBy])];
    const folder = `${lake}/tables/${table.door}/${table.name}/`;
    const projection = Object.fromEntries(
      partitions.map((partition) => [`projection.${partition}.type`, 'injected']),
    );
    return new CfnTable(this, `${table.door}-${table.name}`, {
      catalogId: this.account,
      databaseName,
      tableInput: {
        name: `${table.door}_${table.name}`,
        description: table.description,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: partitions.map((name) => partitionColumn(name)),
        parameters: {
          classification: 'parquet',
          'projection.enabled': 'true',
          ...projection,
          ...(table.partitionBy === null ? {} : dayProjection(table.partitionBy)),
          'storage.location.template': `${folder}${partitions
            .map((name) => `${name}=\${${name}}`)
            .join('/')}/`,
        },
        storageDescriptor: {
          ...PARQUET,
          location: folder,
          columns: table.columns
            .filter(({ name }) => name !== table.partitionBy)
            .map((column) => glueColumn(column)),
        },
      },
    });
  }
}

function partitionColumn(name: string) {
  return { name, type: name === 'order_date' ? 'date' : 'string' };
}

/** Days are found without a list of them. */
function dayProjection(name: string): Record<string, string> {
  return {
    [`projection.${name}.type`]: 'date',
    [`projection.${name}.format`]: 'yyyy-MM-dd',
    [`projection.${name}.range`]: '1970-01-01,NOW+1DAYS',
  };
}

function glueColumn({ name, type, description }: Column) {
  return { name, type: glueType(type), comment: description };
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
