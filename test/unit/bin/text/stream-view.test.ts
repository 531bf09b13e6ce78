import { describe, expect, it } from 'vitest';
import { ageText, instantText } from '../../../../bin/text/instant-text.ts';
import { createLiveScreen } from '../../../../bin/text/live-screen.ts';
import { type EpochView, epochLine, StreamView } from '../../../../bin/text/stream-view.ts';
import { warningMetrics } from '../../../../bin/text/warning-metrics.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';

const EPOCH: EpochView = {
  manifest: {
    epoch: 3,
    counts: { read: 1_234, active: 1_000, cancelled: 200, quarantined: 30, duplicate: 3, late: 1 },
    revenue: '98765.43',
    watermark: '2026-01-05T10:30:00.000Z',
  } as StreamManifest,
  manifestKey: 'manifests/stream/00000003.json',
  openWindows: 4,
  finalCells: 5_678,
  topProducts: [
    {
      rank: 1,
      product_id: 'p1',
      product_name: null,
      category: 'Kitchen',
      total_orders: '12',
      total_revenue: '99.00',
    },
  ],
};

describe('the view of a running stream', () => {
  it('shows rate, shards and the last epoch', () => {
    const view = new StreamView({ title: 'stream orders', everyMs: 60_000, nowMs: 0 });
    view.batch({ shardId: 's0', records: 900, bytes: 1, behindMs: 1_500 }, 8_000);
    view.batch({ shardId: 's1', records: 100, bytes: 1, behindMs: 0 }, 9_500);
    view.epoch(EPOCH, 4_000);
    const shards = [
      { shardId: 's0', watermarkMs: Date.UTC(2026, 0, 5, 10, 30), isSealed: false },
      { shardId: 's1', watermarkMs: null, isSealed: false },
      { shardId: 's2', watermarkMs: Date.UTC(2026, 0, 5, 10), isSealed: true },
    ];

    expect(`${view.lines(shards, 10_000).join('\n')}\n`).toMatchInlineSnapshot(`
      "stream orders, running for 10 s; ctrl-C stops it cleanly
      1,000 records consumed, 200 per second

      shard  records  checkpoint age  watermark             lag
      ─────  ───────  ──────────────  ─────────             ───
      s0         900           2.0 s  2026-01-05 10:30:00Z  1.5 s behind
      s1         100           0.5 s  none yet              none
      s2           0               –  2026-01-05 10:00:00Z  over

      epoch 3, 6.0 s ago: 1,234 read, 1,000 active, 200 cancelled, 30 quarantined, 3 duplicate, 1 late
      revenue 98,765.43; watermark 2026-01-05 10:30:00Z, 5,678 cells final, 4 windows open

      rank  product_id  product_name  total_orders  total_revenue
      ────  ──────────  ────────────  ────────────  ─────────────
         1  p1          ∅                       12          99.00
      "
    `);
  });

  it('says when the first epoch comes', () => {
    const view = new StreamView({ title: 'stream orders', everyMs: 60_000, nowMs: 0 });
    expect(view.lines([], 1_000).at(-1)).toBe(
      'no epoch yet; the first one follows 1 min after the start',
    );
  });

  it('is one line per epoch for logs', () => {
    expect(epochLine(EPOCH)).toBe(
      'epoch 3: 1,234 read, 1,000 active, 200 cancelled, 30 quarantined, 3 duplicate, 1 late; ' +
        'revenue 98,765.43; watermark 2026-01-05 10:30:00Z, 5,678 cells final, 4 windows open',
    );
  });

  it('forgets a lag when the shard is at its tip', () => {
    const view = new StreamView({ title: '', everyMs: 1, nowMs: 0 });
    view.batch({ shardId: 's0', records: 1, bytes: 1, behindMs: 1_500 }, 1);
    expect(view.behindMs).toBe(1_500);

    view.tip('s0');

    expect(view.behindMs).toBe(0);
  });
});

describe('a live screen', () => {
  const screenOf = (errColumns: number) => {
    let written = '';
    const screen = createLiveScreen({
      errColumns,
      drawErr: (text: string) => {
        written += text;
      },
    });
    const taken = () => {
      const text = written;
      written = '';
      return text;
    };
    return { screen, taken };
  };

  it('draws in the place of what it drew before, lines cut to the width', () => {
    const { screen, taken } = screenOf(6);

    screen.draw(['first', 'longer than that']);
    expect(taken()).toBe('first\nlong…\n');
    screen.draw(['x']);
    expect(taken()).toBe('\u001b[2A\r\u001b[Jx\n');
    screen.clear();
    expect(taken()).toBe('\u001b[1A\r\u001b[J');
  });

  it('lets a line stand above what is drawn', () => {
    const { screen, taken } = screenOf(80);
    screen.say('before');
    screen.draw(['table']);
    taken();

    screen.say('a warning');

    expect(taken()).toBe('\u001b[1A\r\u001b[Ja warning\ntable\n');
  });
});

it('warns of each gap, and once of another process', () => {
  let err = '';
  const metrics = warningMetrics({
    writeErr: (text) => {
      err += text;
    },
  });

  metrics.count('StreamGap', { shardId: 's0' });
  metrics.count('StreamGap', { shardId: 's0' });
  metrics.count('LostRace', { shardId: 's0' });
  metrics.count('LostRace', { shardId: 's0' });
  metrics.count('LostRace', { shardId: 's1' });

  expect(err.trimEnd().split('\n')).toEqual([
    'tandem: warning: s0: records expired from the stream before they were read (StreamGap)',
    'tandem: warning: s0: records expired from the stream before they were read (StreamGap)',
    'tandem: warning: s0: another process consumes it as well (LostRace)',
    'tandem: warning: s1: another process consumes it as well (LostRace)',
  ]);
});

it.each([
  [0, '0.0 s'],
  [9_940, '9.9 s'],
  [9_960, '9 s'],
  [59_999, '59 s'],
  [3_599_999, '59 min'],
  [5_400_000, '1.5 h'],
  [200 * 3_600_000, '8 days'],
])('writes a length of %i ms as %s', (durationMs, text) => {
  expect(ageText(durationMs)).toBe(text);
});

it('writes an instant without milliseconds where there are none', () => {
  expect(instantText(0)).toBe('1970-01-01 00:00:00Z');
  expect(instantText(5)).toBe('1970-01-01 00:00:00.005Z');
});
