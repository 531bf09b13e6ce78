import { describe, expect, it } from 'vitest';
import { deployedScreen } from '../../../../bin/aws/deployed-screen.ts';
import {
  deployedStatusJson,
  readDeployedStatus,
  type StatusResources,
} from '../../../../bin/aws/deployed-status.ts';
import { failureKey } from '../../../../lambdas/batch/end-run/end-step.ts';
import { STARTER_KEY } from '../../../../lambdas/batch/start-run/start-step.ts';
import { parseConfig } from '../../../../lambdas/shared/model/config.ts';
import { configHash } from '../../../../lambdas/shared/model/config-hash.ts';
import { TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { BatchExecution } from '../../../../lib/aws/client/batch-executions.ts';
import type { AlarmsFound } from '../../../../lib/aws/client/deployed-alarms.ts';
import type { StreamStatus } from '../../../../lib/common/stream-status.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { MemoryStateStore } from '../../../support/memory/memory-state-store.ts';
import { skippingClock } from '../../../support/stubbed-aws.ts';

const RUN = '20260201T020000Z-bbbbbbbb';
const BEFORE = '20260201T010000Z-aaaaaaaa';
const NOW = Date.parse('2026-02-01T03:00:00Z');
const config = parseConfig({});

const execution = (runId: string, status: string): BatchExecution => ({
  runId,
  status,
  startedAtMs: Date.parse('2026-02-01T02:00:00Z'),
  stoppedAtMs: status === 'RUNNING' ? null : Date.parse('2026-02-01T02:01:30Z'),
});

/** A stream in which nothing is to do. */
const QUIET = {
  isBegun: false,
  manifest: null,
  heldBackBy: null,
  shards: [],
  gaps: [],
  damage: null,
  differences: [],
} as unknown as StreamStatus;

class Deployment {
  readonly lake = Object.assign(new MemoryObjectStore(), { bucket: 'the-lake' });
  readonly failures = new MemoryObjectStore();
  readonly state = new MemoryStateStore({ clock: skippingClock() });
  runs: BatchExecution[] = [execution(BEFORE, 'SUCCEEDED')];
  alarms: () => AlarmsFound = () => ({ deployed: 38, on: [] });
  deadLetters = 0;
  outputs = { CodeVersion: '0.2.0+0123456789ab', ConfigHash: configHash(config) };

  async status() {
    const resources = {
      lake: this.lake,
      failures: this.failures,
      state: this.state,
      outputs: this.outputs,
      executions: { latest: async () => this.runs },
      alarms: { find: async () => this.alarms() },
      deadLetters: { count: async () => this.deadLetters },
    } as unknown as StatusResources;
    return await readDeployedStatus(resources, config);
  }

  async screen(stream: Partial<StreamStatus> = {}) {
    const parts = {
      deployed: await this.status(),
      current: null,
      stream: { ...QUIET, ...stream },
    };
    return deployedScreen(parts, NOW);
  }

  async putStarter(attributes: Record<string, unknown>) {
    const item = {
      uploadedAtMs: null,
      isRequested: false,
      running: null,
      ...attributes,
      version: 1,
    };
    const put = { kind: 'put', key: STARTER_KEY, attributes: item, ifAbsent: true } as const;
    await this.state.transact([put as never], 'token');
  }

  async putFailure(record: object) {
    await this.lake.put(failureKey(RUN), Buffer.from(JSON.stringify(record)));
  }
}

describe('the screen of a deployment', () => {
  it('says that all is well, and what there is', async () => {
    expect(await new Deployment().screen()).toMatchInlineSnapshot(`
      "no problems; nothing is published yet

      batch     no run is published yet: npx tandem upload PATH --wait
      stream    not consumed yet: npx tandem produce FILE --target aws
      uploads   none waiting
      unread    no records
      given up  0 record batches; dead letters: 0
      alarms    0 of 38 on
      versions  functions 0.2.0+0123456789ab, this command line 0.2.0, same config

      last runs                  status     started                took  why
      ─────────                  ──────     ───────                ────  ───
      20260201T010000Z-aaaaaaaa  succeeded  2026-02-01 02:00:00Z  1 min

      everything: npx tandem status --target aws --all (or --json)
      "
    `);
  });

  it('begins with why the last run failed, and the way out', async () => {
    const world = new Deployment();
    world.runs = [execution(RUN, 'FAILED'), execution(BEFORE, 'SUCCEEDED')];
    const message = 'customers/c.csv cannot be read as a dimension: column_missing: customer_id';
    await world.putFailure({
      run_id: RUN,
      error: 'TerminalError',
      code: 'dimension_rejected',
      message,
    });

    const screen = await world.screen();

    expect(screen.split('\n').slice(0, 3)).toEqual([
      '1 problem',
      `1. batch run ${RUN} failed, so the tables are those of an earlier run: dimension_rejected: ${message}`,
      '   do: fix or remove that file, then npx tandem batch --target aws',
    ]);
    expect(screen).toMatch(new RegExp(`^${RUN}  failed .* 1 min  dimension_rejected$`, 'm'));
    expect(deployedStatusJson(await world.status()).runs[0].failure).toEqual({
      code: 'dimension_rejected',
      message,
      way_out: 'fix or remove that file, then npx tandem batch --target aws',
    });
  });

  it.each([
    ['TIMED_OUT', `${RUN} timed out, so the tables are those of an earlier run: it exceeded`],
    [
      'ABORTED',
      `${RUN} was stopped, so the tables are those of an earlier run: it was stopped by hand`,
    ],
    [
      'FAILED',
      `${RUN} failed, so the tables are those of an earlier run: it ended as failed without`,
    ],
  ])('says of a run without a record how it ended: %s', async (status, text) => {
    const world = new Deployment();
    world.runs = [execution(RUN, status)];
    expect(await world.screen()).toContain(text);
  });

  it('forgets a failure that a later run made good', async () => {
    const world = new Deployment();
    world.runs = [execution(RUN, 'SUCCEEDED'), execution(BEFORE, 'FAILED')];
    expect(await world.screen()).toMatch(/^no problems/);
  });

  it('says since when uploads wait, and that it is wrong after half an hour', async () => {
    const world = new Deployment();
    const [first, newest] = [NOW - 40 * 60_000, NOW - 10_000];
    await world.putStarter({ uploadedAtMs: newest, firstUploadedAtMs: first });
    const screen = await world.screen();
    expect(screen).toMatch(/^1\. uploads have waited for a run since 2026-02-01 02:20:00Z$/m);
    expect(screen).toMatch(/^uploads {3}waiting .* since 2026-02-01 02:20:00Z \(40 min\); number/m);
    expect(deployedStatusJson(await world.status())).toMatchObject({
      run_pending: true,
      uploads_wait_since: '2026-02-01T02:20:00.000Z',
    });
  });

  it('does not mind uploads that wait for a moment', async () => {
    const world = new Deployment();
    await world.putStarter({ uploadedAtMs: NOW - 60_000 });
    expect(await world.screen()).toMatch(/^no problems/);
  });

  it('names alarms that are on, since when, and what they mean', async () => {
    const world = new Deployment();
    const text = 'Records wait for more than half. Raise it (see docs/operations.md, IteratorAge)';
    const on = [{ name: 'Tandem-IteratorAge', sinceMs: NOW - 2 * 3_600_000, text }];
    world.alarms = () => ({ deployed: 38, on });
    const screen = await world.screen();
    expect(screen).toContain(
      '1. alarm Tandem-IteratorAge is on for 2.0 h: Records wait for more than half.\n' +
        '   do: see docs/operations.md, IteratorAge\n',
    );
    expect(screen).toMatch(/^alarms {4}1 of 38 on$/m);
  });

  it('shows the rest where alarms are absent, or may not be seen', async () => {
    const world = new Deployment();
    world.alarms = () => ({ deployed: 0, on: [] });
    expect(await world.screen()).toMatch(/^alarms {4}none: the operations stack/m);
    world.alarms = () => {
      throw new TerminalError('access_denied', 'allow cloudwatch:DescribeAlarms');
    };
    const screen = await world.screen();
    expect(screen).toMatch(/^no problems/);
    expect(screen).toMatch(/^alarms {4}unknown: allow cloudwatch:DescribeAlarms$/m);
  });

  it('says what is unread and for how long', async () => {
    const shard = { lagMs: 20 * 60_000, unreadRecords: null, unreadAtLeast: 1_200 };
    const shards = [
      shard,
      { lagMs: 0, unreadRecords: 0, unreadAtLeast: 0 },
    ] as unknown as StreamStatus['shards'];
    const screen = await new Deployment().screen({ shards });
    expect(screen).toMatch(/^1\. the stream holds unread records, the oldest for 20 min$/m);
    expect(screen).toMatch(
      /^unread {4}at least 1,200 records in 1 of 2 shards, the oldest for 20 min$/m,
    );
  });

  it('counts what was given up, dead letters, and other versions', async () => {
    const world = new Deployment();
    await world.failures.put('aws/lambda/a/b', Buffer.from('{}'));
    world.deadLetters = 2;
    world.outputs = { CodeVersion: '0.0.9+0123456789ab', ConfigHash: 'another' };
    const screen = await world.screen();
    expect(screen.match(/^\d\. .*$/gm)).toEqual([
      '1. Lambda gave up on 1 record batches',
      '2. 2 upload notifications are in the dead-letter queue',
      '3. the deployed functions are version 0.0.9+0123456789ab, this command line is 0.2.0',
      '4. rules, windows or parquet of this config differ from the deployed config',
    ]);
    expect(screen).toMatch(/^given up {2}1 record batches; dead letters: 2$/m);
  });

  it('stays one screen, whatever is wrong', async () => {
    const world = new Deployment();
    const on = Array.from({ length: 30 }, (_, at) => ({
      name: `Tandem-A${at}`,
      sinceMs: NOW,
      text: `${'much '.repeat(200)}. More`,
    }));
    world.alarms = () => ({ deployed: 38, on });
    const screen = await world.screen();
    expect(screen.split('\n').length).toBeLessThanOrEqual(40);
    expect(screen).toContain('\nand 24 more\n');
  });

  it('lets no message of a file move the cursor', async () => {
    const world = new Deployment();
    world.runs = [execution(RUN, 'FAILED')];
    await world.putFailure({ code: 'dimension_rejected', message: 'a\u001b[2Jb\nall is well' });
    expect(await world.screen()).toContain(String.raw`a\x1b[2Jb\nall is well`);
  });
});
