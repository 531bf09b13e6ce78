import { describe, expect, it } from 'vitest';
import { makeDynamoClient } from '../../../../lambdas/shared/adapters/aws/clients.ts';
import { DynamoStateStore } from '../../../../lambdas/shared/adapters/aws/dynamo-state-store.ts';
import {
  OutcomeUnknownError,
  RetryableError,
  TerminalError,
} from '../../../../lambdas/shared/model/errors.ts';
import type { StateOperation } from '../../../../lambdas/shared/ports/state-store.ts';
import { broken, json, jsonError, type Script, StubbedAws } from '../../../support/stubbed-aws.ts';

const THREE: readonly StateOperation[] = [
  { kind: 'put', key: { pk: 'p', sk: 'LOG#1' }, attributes: { x: 1 }, ifAbsent: true },
  { kind: 'check', key: { pk: 'p', sk: 'META' }, tests: [{ attribute: 'y', absent: true }] },
  {
    kind: 'update',
    key: { pk: 'p', sk: 'HEAD' },
    set: { version: 2, at: new Uint8Array([1, 2]) },
    remove: ['old'],
    tests: [
      { attribute: 'version', equals: 1 },
      { attribute: 'sealed', absent: true },
    ],
  },
];

function opened(script: Script): { aws: StubbedAws; store: DynamoStateStore } {
  const aws = new StubbedAws(script);
  const client = makeDynamoClient({}, aws.config);
  return { aws, store: new DynamoStateStore({ client, tableName: 'state' }) };
}

const transactOn = (...script: Script) => opened(script).store.transact(THREE, 'token');

const cancelled = (...codes: string[]) =>
  jsonError('com.amazonaws.dynamodb.v20120810#TransactionCanceledException', {
    Message: `Transaction cancelled: [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => ({ Code, Message: `${Code} it is` })),
  });

const FAILED = 'ConditionalCheckFailed';

describe('the reasons of a cancelled transaction', () => {
  it.each([
    [['None', 'None', FAILED], [2]],
    [[FAILED, 'None', 'None'], [0]],
    [
      [FAILED, FAILED, FAILED],
      [0, 1, 2],
    ],
    [[FAILED, 'ValidationError', 'None'], [0]],
  ])('are read one by one: %j', async (codes, failed) => {
    expect(await transactOn(cancelled(...codes))).toEqual({ status: 'condition_failed', failed });
  });

  it.each([
    [['TransactionConflict', 'None', 'None']],
    [['None', 'ThrottlingError', 'None']],
    [['None', 'None', 'ProvisionedThroughputExceeded']],
    [['RequestLimitExceeded', 'None', 'None']],
    [[FAILED, 'None', 'TransactionConflict']],
    [['TransactionConflict', FAILED, 'ValidationError']],
    [['TransactionConflict', 'TransactionConflict', 'ThrottlingError']],
  ])('are no verdict while an operation was not judged: %j', async (codes) => {
    await expect(transactOn(cancelled(...codes))).rejects.toThrow(RetryableError);
  });

  it('name the operation that met a conflict', async () => {
    await expect(transactOn(cancelled(FAILED, 'None', 'TransactionConflict'))).rejects.toThrow(
      'update p / HEAD: TransactionConflict',
    );
  });

  it('are a RangeError where an item grows too large', async () => {
    const answer = jsonError('TransactionCanceledException', {
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'None' },
        { Code: 'ValidationError', Message: 'Item size to update has exceeded the maximum' },
      ],
    });
    await expect(transactOn(answer)).rejects.toThrow(RangeError);
  });

  it.each(['ValidationError', 'ItemCollectionSizeLimitExceeded', 'SomethingNew'])(
    'are a TerminalError where repeating does not help: %s',
    async (code) => {
      await expect(transactOn(cancelled('None', code, 'None'))).rejects.toThrow(TerminalError);
    },
  );

  it('fail when there are not as many as operations', async () => {
    await expect(transactOn(cancelled(FAILED))).rejects.toThrow('invariant broken');
  });
});

describe('a transaction without a verdict', () => {
  it.each([
    ['a broken connection', broken()],
    ['a pipe that closed', broken('EPIPE')],
    ['an answer that does not come', Object.assign(new Error('late'), { name: 'TimeoutError' })],
    ['an answer that is none', { status: 200, body: '{"Attributes":' }],
    ['a failure of the service', jsonError('InternalServerError', {}, 500)],
    ['a service that is away', { status: 503, body: '' }],
    ['an attempt that is under way', jsonError('TransactionInProgressException')],
  ])('has an unknown outcome after %s', async (_name, answer) => {
    const { aws, store } = opened([answer]);

    await expect(store.transact(THREE, 'token')).rejects.toThrow(OutcomeUnknownError);
    expect(aws.requests).toHaveLength(1);
  });

  it('is not repeated by the client once an answer is lost', async () => {
    const aws = new StubbedAws([jsonError('ThrottlingException'), broken(), json({})]);
    const client = makeDynamoClient({}, { ...aws.config, maxAttempts: 3 });
    const store = new DynamoStateStore({ client, tableName: 'state' });

    await expect(store.transact(THREE, 'token')).rejects.toThrow(OutcomeUnknownError);
    expect(aws.requests).toHaveLength(2);
  });

  it.each([
    ['a throttle', jsonError('ThrottlingException')],
    ['a throttled table', jsonError('ProvisionedThroughputExceededException')],
    ['a refused connection', broken('ECONNREFUSED')],
    ['a name that is not resolved', broken('ENOTFOUND')],
  ])('has changed nothing after %s', async (_name, answer) => {
    await expect(transactOn(answer)).rejects.toThrow(RetryableError);
  });

  it('fails when the token was used for other operations', async () => {
    const answer = jsonError('IdempotentParameterMismatchException');
    await expect(transactOn(answer)).rejects.toThrow(RangeError);
  });

  it('names table and permission where it is not allowed', async () => {
    const failing = transactOn(jsonError('AccessDeniedException'));
    await expect(failing).rejects.toThrow(TerminalError);
    await expect(failing).rejects.toThrow(/allow dynamodb:PutItem.* on table state/);
  });

  it('names the table that does not exist', async () => {
    await expect(transactOn(jsonError('ResourceNotFoundException'))).rejects.toThrow(
      'no table state',
    );
  });
});

describe('what is asked of DynamoDB', () => {
  it('has every condition, under names and values that stand aside', async () => {
    const { aws, store } = opened([json({})]);
    await store.transact(THREE, 'token');

    expect(aws.operations).toEqual(['TransactWriteItems']);
    expect(JSON.parse(aws.requests[0].body)).toEqual({
      ClientRequestToken: 'token',
      TransactItems: [
        {
          Put: {
            TableName: 'state',
            Item: { pk: { S: 'p' }, sk: { S: 'LOG#1' }, x: { N: '1' } },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        {
          ConditionCheck: {
            TableName: 'state',
            Key: { pk: { S: 'p' }, sk: { S: 'META' } },
            ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#n0)',
            ExpressionAttributeNames: { '#n0': 'y' },
          },
        },
        {
          Update: {
            TableName: 'state',
            Key: { pk: { S: 'p' }, sk: { S: 'HEAD' } },
            ConditionExpression: 'attribute_exists(pk) AND #n0 = :v0 AND attribute_not_exists(#n1)',
            UpdateExpression: 'SET #n2 = :v1, #n0 = :v2 REMOVE #n3',
            ExpressionAttributeNames: {
              '#n0': 'version',
              '#n1': 'sealed',
              '#n2': 'at',
              '#n3': 'old',
            },
            ExpressionAttributeValues: {
              ':v0': { N: '1' },
              ':v1': { B: 'AQI=' },
              ':v2': { N: '2' },
            },
          },
        },
      ],
    });
  });

  it('is a check where an update changes nothing', async () => {
    const { aws, store } = opened([json({})]);
    await store.transact([{ kind: 'update', key: { pk: 'p', sk: 's' }, set: {}, tests: [] }], 't');

    expect(JSON.parse(aws.requests[0].body).TransactItems).toEqual([
      {
        ConditionCheck: {
          TableName: 'state',
          Key: { pk: { S: 'p' }, sk: { S: 's' } },
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
    ]);
  });

  it('goes on after the last key of a page, also of an empty one', async () => {
    const item = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
    const { aws, store } = opened([
      json({ Items: [item('1')], LastEvaluatedKey: item('1') }),
      json({ Items: [], LastEvaluatedKey: item('5') }),
      json({ Items: [item('6')] }),
    ]);

    const sks: string[] = [];
    for await (const { key } of store.query('p', { from: '1', to: '9' })) sks.push(key.sk);

    expect(sks).toEqual(['1', '6']);
    const asked = aws.requests.map(({ body }) => JSON.parse(body));
    expect(asked.map((one) => one.ExclusiveStartKey)).toEqual([undefined, item('1'), item('5')]);
    expect(asked.map((one) => one.ConsistentRead)).toEqual([true, true, true]);
  });

  it('fails when a read is throttled for longer than the client waits', async () => {
    const { store } = opened([jsonError('ProvisionedThroughputExceededException')]);
    await expect(store.get({ pk: 'p', sk: 's' })).rejects.toThrow(RetryableError);
  });
});
