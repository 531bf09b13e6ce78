import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { moveNotificationsBack } from '../../../../lib/aws/client/lost-notifications.ts';
import { json, jsonError, type Script, StubbedAws } from '../../../support/stubbed-aws.ts';

const QUEUES = {
  from: 'https://sqs.eu-central-1.amazonaws.com/1/dead',
  to: 'https://sqs.eu-central-1.amazonaws.com/1/alive',
};

function move(...script: Script) {
  const aws = new StubbedAws(script);
  const { signal } = new AbortController();
  // Bodies are made up: their checksums are not looked at.
  const client = new SQSClient({ ...aws.config, md5: false });
  return { aws, moved: moveNotificationsBack(QUEUES, signal, client) };
}

describe('notifications that were lost', () => {
  it('are sent to the starter before they are deleted, until there is none', async () => {
    const messages = ['a', 'b'].map((body) => ({ Body: body, ReceiptHandle: `r-${body}` }));
    const [sent, deleted] = [json({ MessageId: 'm' }), json({})];
    const { aws, moved } = move(
      json({ Messages: messages }),
      ...[sent, deleted, sent, deleted],
      json({}),
    );

    expect(await moved).toBe(2);

    const bodies = aws.requests.map(({ body }) => JSON.parse(body));
    expect(bodies.slice(1, 5)).toEqual([
      { QueueUrl: QUEUES.to, MessageBody: 'a' },
      { QueueUrl: QUEUES.from, ReceiptHandle: 'r-a' },
      { QueueUrl: QUEUES.to, MessageBody: 'b' },
      { QueueUrl: QUEUES.from, ReceiptHandle: 'r-b' },
    ]);
  });

  it('stay where they cannot be sent', async () => {
    const one = json({ Messages: [{ Body: 'a', ReceiptHandle: 'r' }] });
    const { aws, moved } = move(one, jsonError('AccessDenied', {}, 403));

    await expect(moved).rejects.toThrow(`allow sqs:SendMessage on queue ${QUEUES.to}`);
    expect(aws.requests).toHaveLength(2);
  });
});
