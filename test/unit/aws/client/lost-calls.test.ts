import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { takeLostCalls } from '../../../../lib/aws/client/lost-calls.ts';
import { json, jsonError, type Script, StubbedAws } from '../../../support/stubbed-aws.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/1/lost';
const NONE = json({});

function take(script: Script, { isDryRun = false, queues = [QUEUE] } = {}) {
  const aws = new StubbedAws(script);
  const { signal } = new AbortController();
  // Bodies are made up: their checksums are not looked at.
  const client = new SQSClient({ ...aws.config, md5: false });
  return { aws, calls: takeLostCalls(queues, isDryRun, signal, client) };
}

/** As Lambda writes it. */
function failure(id: string, sentAtMs: number, changes: object = {}) {
  const body = {
    version: '1.0',
    requestContext: {
      functionArn: 'arn:aws:lambda:eu-central-1:1:function:publish:$LATEST',
      condition: 'RetriesExhausted',
    },
    responsePayload: { errorType: 'TerminalError', errorMessage: 'a segment is missing' },
    ...changes,
  };
  return messageOf(id, JSON.stringify(body), { SentTimestamp: `${sentAtMs}` });
}

function messageOf(id: string, Body: string, Attributes: object = {}) {
  return { MessageId: id, ReceiptHandle: `r-${id}`, Body, Attributes };
}

/** As EventBridge writes it. */
function undelivered(id: string) {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const RULE_ARN = text('arn:aws:events:eu-central-1:1:rule/Uploads');
  const ERROR_MESSAGE = text('the queue is gone');
  return { ...messageOf(id, '{}'), MessageAttributes: { RULE_ARN, ERROR_MESSAGE } };
}

describe('calls that nobody took', () => {
  it('are counted by what was called and its error, and removed', async () => {
    const found = [failure('a', 2_000), undelivered('b'), failure('c', 1_000)];
    const { aws, calls } = take([json({ Messages: found }), NONE, NONE, NONE, NONE]);

    expect(await calls).toEqual([
      {
        name: 'function publish',
        error: 'TerminalError: a segment is missing',
        count: 2,
        newestAtMs: 2_000,
      },
      { name: 'rule Uploads', error: 'the queue is gone', count: 1, newestAtMs: null },
    ]);
    expect(aws.operations).toEqual([
      'ReceiveMessage',
      'DeleteMessage',
      'DeleteMessage',
      'DeleteMessage',
      'ReceiveMessage',
    ]);
    const receipts = aws.requests.slice(1, 4).map(({ body }) => JSON.parse(body).ReceiptHandle);
    expect(receipts).toEqual(['r-a', 'r-b', 'r-c']);
  });

  it('are shown again at once when they were only looked at', async () => {
    const { aws, calls } = take(
      [json({ Messages: [failure('a', 1)] }), json({ Messages: [failure('a', 1)] }), NONE],
      { isDryRun: true },
    );

    expect(await calls).toMatchObject([{ name: 'function publish', count: 1 }]);
    expect(aws.operations).toEqual(['ReceiveMessage', 'ReceiveMessage', 'ChangeMessageVisibility']);
    const bodies = aws.requests.map(({ body }) => JSON.parse(body));
    expect(bodies[0]).toMatchObject({ QueueUrl: QUEUE, VisibilityTimeout: 60 });
    expect(bodies[2]).toEqual({ QueueUrl: QUEUE, ReceiptHandle: 'r-a', VisibilityTimeout: 0 });
  });

  it('are of all queues', async () => {
    const { aws, calls } = take([NONE, json({ Messages: [undelivered('b')] }), NONE, NONE], {
      queues: [QUEUE, `${QUEUE}-2`],
    });
    expect(await calls).toHaveLength(1);
    expect(JSON.parse(aws.requests[2].body).QueueUrl).toBe(`${QUEUE}-2`);
  });

  it.each([
    [
      'that waited for too long',
      { requestContext: { functionArn: 'a:b:c:d:e:f:old', condition: 'EventAgeExceeded' } },
      'function old',
      'EventAgeExceeded',
    ],
    ['of nobody', { requestContext: {} }, 'unknown', 'is not from Lambda or EventBridge'],
  ])('name what there is of a call %s', async (_, changes, name, error) => {
    const message = failure('a', 1, { responsePayload: undefined, ...changes });
    const { calls } = take([json({ Messages: [message] }), NONE, NONE]);
    expect(await calls).toMatchObject([{ name, error: expect.stringContaining(error) }]);
  });

  it('are counted where a message cannot be read', async () => {
    const messages = [messageOf('a', 'no JSON'), messageOf('b', 'null')];
    const { calls } = take([json({ Messages: messages }), NONE, NONE, NONE]);
    expect(await calls).toMatchObject([{ name: 'unknown', count: 2 }]);
  });

  it('stay where they cannot be removed', async () => {
    const one = json({ Messages: [failure('a', 1)] });
    const { aws, calls } = take([one, jsonError('AccessDenied', {}, 403)]);
    await expect(calls).rejects.toThrow(`allow sqs:DeleteMessage on queue ${QUEUE}`);
    expect(aws.requests).toHaveLength(2);
  });
});
