import { CfnOutput, Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { catalogueName } from '../../../lambdas/catalogue/register-tables/register-tables.ts';
import { tablesOf } from '../../../lambdas/shared/model/tables.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { DEFAULT_CONSUMER, StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import { keepFailedCalls, lostCallsQueue } from '../constructs/lost-calls.ts';
import { allow, allowObjects } from '../constructs/permissions.ts';
import type { PipelineProps } from '../constructs/pipeline-props.ts';
import { TandemFunction } from '../constructs/tandem-function.ts';

/** A query that reads more is stopped. */
const MAX_SCANNED_BYTES = 100 * 1024 ** 3;

const TABLE_ACTIONS = ['GetTable', 'CreateTable', 'UpdateTable', 'BatchCreatePartition'];

/**
 * Database and workgroup for Athena, and the function that makes the tables from their definition
 * and updates them when `CURRENT.json` names a new publication. Tables are not part of the stack:
 * an update of it would reset them to the state in which it made them.
 */
export class CatalogueStack extends Stack {
  readonly registration: TandemFunction;
  readonly lostCalls: Queue;

  constructor(scope: Construct, id: string, props: StackProps & PipelineProps) {
    super(scope, id, props);
    const { deployment } = props;
    const name = deployment.config.aws.stackPrefix.toLowerCase();
    const database = new CfnDatabase(this, 'Database', {
      catalogId: this.account,
      databaseInput: { name, description: 'Order revenue: batch_* and stream_* tables' },
    });
    this.lostCalls = lostCallsQueue(this, props.storage.key);
    this.registration = this.#registration(props, name);
    keepFailedCalls(this.registration, this.lostCalls, props.storage.key);
    this.registration.node.addDependency(database);
    this.#workgroup(props, name);
    new CfnOutput(this, 'CatalogueDatabase', { value: name, description: 'tables for Athena' });
    new CfnOutput(this, 'CatalogueWorkgroup', {
      value: name,
      description: 'workgroup for queries',
    });
    new CfnOutput(this, 'LostCatalogueCalls', {
      value: this.lostCalls.queueUrl,
      description: 'failed calls of the catalogue',
    });
  }

  #registration({ deployment, storage, codeOf }: PipelineProps, database: string): TandemFunction {
    const registration = new TandemFunction(this, 'registerTables', {
      deployment,
      description: 'Updates the tables of Athena to the current publications',
      code: codeOf('registerTables'),
      key: storage.key,
      memory: Size.mebibytes(512),
      timeout: Duration.minutes(5),
      variables: { LAKE_BUCKET: storage.lake.bucketName, GLUE_DATABASE: database },
    });
    const { role } = registration;
    allowObjects(role, storage.lake, { read: ['manifests/batch/*', 'manifests/stream/*'] });
    const arnOf = (resource: string, resourceName?: string) =>
      this.formatArn({ service: 'glue', resource, ...(resourceName && { resourceName }) });
    const names = (['batch', 'stream'] as const).flatMap((door) =>
      tablesOf(door).map((table) => catalogueName(door, table)),
    );
    // Glue looks at the rights to the catalogue and the database of a table, too.
    allow(
      role,
      TABLE_ACTIONS.map((action) => `glue:${action}`),
      [
        arnOf('catalog'),
        arnOf('database', database),
        ...names.map((name) => arnOf('table', `${database}/${name}`)),
      ],
    );
    const target = registration.asTarget('register', { deadLetterQueue: this.lostCalls });
    new Rule(this, 'Publications', {
      description: 'A run or an epoch is published',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [storage.lake.bucketName] },
          object: { key: [BATCH_CURRENT_KEY, new StreamLakeKeys(DEFAULT_CONSUMER, '').current] },
        },
      },
      targets: [target],
    });
    new Rule(this, 'Hourly', {
      description: 'Repeats lost events and applies changes of a deployment',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [target],
    });
    return registration;
  }

  #workgroup({ deployment, storage }: PipelineProps, name: string): void {
    new CfnWorkGroup(this, 'Workgroup', {
      name,
      recursiveDeleteOption: deployment.isEphemeral,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: MAX_SCANNED_BYTES,
        resultConfiguration: {
          outputLocation: storage.lake.s3UrlForObject('athena-results/'),
          encryptionConfiguration:
            storage.key === null
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKey: storage.key.keyArn },
        },
      },
    });
  }
}
