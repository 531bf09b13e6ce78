import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { makeDynamoClient } from '../../../lambdas/shared/adapters/aws/clients.ts';
import { DynamoStateStore } from '../../../lambdas/shared/adapters/aws/dynamo-state-store.ts';
import { describeStateStore } from '../../contract/state-store.ts';
import { exceptionsOf } from '../exceptions.ts';
import { runningEmulator } from '../running-emulator.ts';

const emulator = runningEmulator();
const client = makeDynamoClient();
const tableName = `contract-${randomUUID()}`;

beforeAll(async () => {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: tableName });
});

afterAll(async () => {
  await client.send(new DeleteTableCommand({ TableName: tableName }));
});

describeStateStore(
  `DynamoStateStore on ${emulator.name}`,
  async () => ({
    store: new DynamoStateStore({ client, tableName }),
    close: async () => {},
  }),
  exceptionsOf(emulator.name).stateStore,
);
