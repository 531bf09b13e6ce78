import {
  CreateDatabaseCommand,
  DeleteDatabaseCommand,
  GetPartitionsCommand,
  GetTableCommand,
} from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeGlueClient } from '../../../lambdas/shared/adapters/aws/clients.ts';
import { GlueCatalogue } from '../../../lambdas/shared/adapters/aws/glue-catalogue.ts';
import { tableOf } from '../../../lambdas/shared/model/tables.ts';
import { runningEmulator } from '../running-emulator.ts';

const DATABASE = 'tandem_contract';
/** Glue is no part of the LocalStack that needs no token. */
const HAS_GLUE = runningEmulator().name === 'ministack';

describe.runIf(HAS_GLUE)('the catalogue in Glue', () => {
  const client = makeGlueClient();
  const catalogue = new GlueCatalogue({ client, database: DATABASE, bucket: 'lake' });
  const entry = {
    name: 'stream_orders',
    table: tableOf('stream', 'orders'),
    publication: '00000001',
    folder: 'tables/stream/orders/',
    hasParts: true,
  };
  const partOf = (epoch: string) => ({ epoch, folder: `${entry.folder}epoch=${epoch}/` });

  async function found() {
    const names = { DatabaseName: DATABASE };
    const { Table: table } = await client.send(new GetTableCommand({ ...names, Name: entry.name }));
    const { Partitions: partitions = [] } = await client.send(
      new GetPartitionsCommand({ ...names, TableName: entry.name }),
    );
    return { table, values: partitions.flatMap(({ Values }) => Values ?? []).sort() };
  }

  beforeAll(async () => {
    await client.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }));
  });
  afterAll(async () => {
    await client.send(new DeleteDatabaseCommand({ Name: DATABASE }));
  });

  it('makes a table, adds parts to it once, and brings it to the next publication', async () => {
    expect(await catalogue.publicationOf(entry.name)).toBeNull();
    await catalogue.put(entry);
    await catalogue.addParts(entry, [partOf('00000001'), partOf('00000002')]);
    await catalogue.addParts(entry, [partOf('00000002'), partOf('00000003')]);
    await catalogue.put({ ...entry, publication: '00000003' });

    expect(await catalogue.publicationOf(entry.name)).toBe('00000003');
    const { table, values } = await found();
    expect(values).toEqual(['00000001', '00000002', '00000003']);
    expect(table?.StorageDescriptor?.Location).toBe('s3://lake/tables/stream/orders/');
    expect(table?.PartitionKeys).toMatchObject([{ Name: 'epoch', Type: 'string' }]);
  });
});
