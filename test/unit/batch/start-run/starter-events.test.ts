import { describe, expect, it } from 'vitest';
import { starterEvents } from '../../../../lambdas/batch/start-run/starter-events.ts';
import { awsFixture } from '../../../support/fixtures.ts';

interface SqsEvent {
  readonly Records: readonly { readonly body: string }[];
}

/** The documented event, with these bodies. */
function queueEvent(bodies: readonly unknown[]): SqsEvent {
  const [record] = awsFixture<SqsEvent>('sqs-event.json').Records;
  return { Records: bodies.map((body) => ({ ...record, body: JSON.stringify(body) })) };
}

describe('what an invocation of the starter tells', () => {
  it('is the time of an upload, and the name of a run that ended', () => {
    const created = awsFixture('s3-object-created.json');
    const failed = awsFixture('states-status-change.json');

    expect(starterEvents(queueEvent([created, failed]))).toEqual([
      { kind: 'upload', atMs: Date.UTC(2021, 10, 12) },
      { kind: 'ended', runId: 'execution-name' },
    ]);
  });

  it('is a change of landing where an object is deleted, but not where an old version expires', () => {
    const deleted = (detail: object) => ({
      'detail-type': 'Object Deleted',
      time: '2021-11-12T00:00:00Z',
      detail,
    });
    const object = { key: 'orders/a.csv', 'version-id': 'v1' };
    const reason = 'Lifecycle Expiration';
    const events = queueEvent([
      deleted({ object, reason: 'DeleteObject', 'deletion-type': 'Delete Marker Created' }),
      deleted({ object, reason, 'deletion-type': 'Delete Marker Created' }),
      deleted({ object: { key: 'orders/a.csv' }, reason, 'deletion-type': 'Permanently Deleted' }),
      deleted({ object, reason, 'deletion-type': 'Permanently Deleted' }),
    ]);
    expect(starterEvents(events).map(({ kind }) => kind)).toEqual([
      'upload',
      'upload',
      'upload',
      'tick',
    ]);
  });

  it('is no more than that time went on, for anything else', () => {
    expect(starterEvents(awsFixture('sqs-event.json'))).toEqual([{ kind: 'tick' }]);
    expect(starterEvents(awsFixture('scheduled-event.json'))).toEqual([{ kind: 'tick' }]);
    expect(starterEvents(queueEvent([{ tandem: 'tick' }]))).toEqual([{ kind: 'tick' }]);
  });

  it('is an end or a request, when the project itself calls', () => {
    expect(starterEvents({ tandem: 'ended', runId: 'r' })).toEqual([{ kind: 'ended', runId: 'r' }]);
    expect(starterEvents({ tandem: 'request' })).toEqual([{ kind: 'request' }]);
    const fromRaw = { consumer: 'default' };
    const raw = { kind: 'request', fromRaw };
    expect(starterEvents({ tandem: 'request', fromRaw })).toEqual([raw]);
  });

  it('counts an upload without a readable time as now', () => {
    const created = { 'detail-type': 'Object Created' };
    expect(starterEvents(queueEvent([created]))).toEqual([
      { kind: 'upload', atMs: Number.POSITIVE_INFINITY },
    ]);
  });
});
