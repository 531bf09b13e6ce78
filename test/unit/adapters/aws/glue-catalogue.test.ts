import { describe, expect, it } from 'vitest';
import { makeGlueClient } from '../../../../lambdas/shared/adapters/aws/clients.ts';
import { GlueCatalogue } from '../../../../lambdas/shared/adapters/aws/glue-catalogue.ts';
import { RetryableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import { tableOf } from '../../../../lambdas/shared/model/tables.ts';
import type { CatalogueEntry } from '../../../../lambdas/shared/ports/catalogue.ts';
import { json, jsonError, type Script, StubbedAws } from '../../../support/stubbed-aws.ts';

const DAILY: CatalogueEntry = {
  name: 'batch_daily_revenue',
  table: tableOf('batch', 'daily_revenue'),
  publication: 'run1',
  folder: 'tables/batch/daily_revenue/run=run1/',
  hasParts: false,
};
const LATE: CatalogueEntry = {
  name: 'stream_late',
  table: tableOf('stream', 'late'),
  publication: '00000007',
  folder: 'tables/stream/late/',
  hasParts: true,
};
const MISSING = jsonError('EntityNotFoundException');

function opened(...script: Script) {
  const aws = new StubbedAws(script);
  const client = makeGlueClient({}, aws.config);
  return { aws, glue: new GlueCatalogue({ client, database: 'tandem', bucket: 'lake' }) };
}

function part(epoch: number) {
  const text = String(epoch).padStart(8, '0');
  return { epoch: text, folder: `tables/stream/late/epoch=${text}/` };
}

describe('a table', () => {
  it('is made where there is none, with the columns of its definition', async () => {
    const { aws, glue } = opened(MISSING, json({}));
    await glue.put(DAILY);
    expect(aws.operations).toEqual(['GetTable', 'CreateTable']);
    expect(JSON.parse(aws.requests[1].body)).toMatchObject({
      DatabaseName: 'tandem',
      TableInput: {
        Name: 'batch_daily_revenue',
        TableType: 'EXTERNAL_TABLE',
        PartitionKeys: [],
        Parameters: { classification: 'parquet', 'tandem.publication': 'run1' },
        StorageDescriptor: {
          Location: 's3://lake/tables/batch/daily_revenue/run=run1/',
          Columns: [
            { Name: 'order_date', Type: 'date', Comment: 'UTC day' },
            { Name: 'total_orders', Type: 'bigint', Comment: 'number of active orders' },
            { Name: 'total_revenue', Type: 'decimal(18,2)', Comment: 'sum of total_amount' },
          ],
        },
      },
    });
  });

  it('is replaced by one call where it says something else, and left alone where it does not', async () => {
    const { aws, glue } = opened(MISSING, json({}));
    await glue.put(DAILY);
    const { TableInput } = JSON.parse(aws.requests[1].body);

    const same = opened(json({ Table: TableInput }));
    await same.glue.put(DAILY);
    expect(same.aws.operations).toEqual(['GetTable']);

    const next = opened(json({ Table: TableInput }), json({}));
    await next.glue.put({ ...DAILY, publication: 'run2', folder: 'tables/x/' });
    expect(next.aws.operations).toEqual(['GetTable', 'UpdateTable']);
    expect(JSON.parse(next.aws.requests[1].body).SkipArchive).toBe(true);
  });

  it('is replaced where another one made it meanwhile', async () => {
    const { aws, glue } = opened(MISSING, jsonError('AlreadyExistsException'), json({}));
    await glue.put(DAILY);
    expect(aws.operations).toEqual(['GetTable', 'CreateTable', 'UpdateTable']);
  });

  it('says to which publication it was brought', async () => {
    const table = { Name: 'x', Parameters: { 'tandem.publication': '00000004' } };
    expect(await opened(json({ Table: table })).glue.publicationOf('x')).toBe('00000004');
    expect(await opened(MISSING).glue.publicationOf('x')).toBeNull();
  });

  it.each([
    ['is not allowed', jsonError('AccessDeniedException'), TerminalError, 'allow glue:GetTable on'],
    ['is throttled', jsonError('ThrottlingException'), RetryableError, 'ThrottlingException it is'],
  ])('fails where reading it %s', async (_name, answer, type, message) => {
    const failing = opened(answer).glue.publicationOf('stream_late');
    await expect(failing).rejects.toThrow(type);
    await expect(opened(answer).glue.publicationOf('stream_late')).rejects.toThrow(message);
  });
});

describe('parts', () => {
  it('are added a hundred at a time', async () => {
    const { aws, glue } = opened(json({}), json({}), json({}));
    await glue.addParts(
      LATE,
      Array.from({ length: 201 }, (_, index) => part(index + 1)),
    );
    const sizes = aws.requests.map(({ body }) => JSON.parse(body).PartitionInputList.length);
    expect(sizes).toEqual([100, 100, 1]);
    expect(JSON.parse(aws.requests[2].body).PartitionInputList[0]).toMatchObject({
      Values: ['00000201'],
      StorageDescriptor: { Location: 's3://lake/tables/stream/late/epoch=00000201/' },
    });
  });

  const failed = (ErrorCode: string) =>
    json({ Errors: [{ PartitionValues: ['00000001'], ErrorDetail: { ErrorCode } }] });

  it('may be there already', async () => {
    await opened(failed('AlreadyExistsException')).glue.addParts(LATE, [part(1)]);
  });

  it('fail, all others included, where one of them could not be added', async () => {
    const { glue } = opened(failed('InternalServiceException'));
    await expect(glue.addParts(LATE, [part(1)])).rejects.toThrow(
      'add epoch 00000001 of table stream_late to the catalogue: InternalServiceException',
    );
  });

  it('are moved to other folders', async () => {
    const { aws, glue } = opened(json({}));
    await glue.moveParts(LATE, [{ epoch: '00000007', folder: 'tables/x/epoch=00000007/' }]);
    expect(JSON.parse(aws.requests[0].body)).toMatchObject({
      TableName: 'stream_late',
      Entries: [
        {
          PartitionValueList: ['00000007'],
          PartitionInput: {
            Values: ['00000007'],
            StorageDescriptor: { Location: 's3://lake/tables/x/epoch=00000007/' },
          },
        },
      ],
    });
  });

  it('fail where one of them could not be moved', async () => {
    const error = { ErrorCode: 'EntityNotFoundException' };
    const answer = json({ Errors: [{ PartitionValueList: ['00000001'], ErrorDetail: error }] });
    await expect(opened(answer).glue.moveParts(LATE, [part(1)])).rejects.toThrow(
      'move epoch 00000001 of table stream_late in the catalogue: EntityNotFoundException',
    );
  });
});
