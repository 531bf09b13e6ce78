import { setTimeout as wait } from 'node:timers/promises';
import type { Warning } from '../../lambdas/shared/model/warning.ts';
import { NO_TIME } from '../../lambdas/shared/rules/lateness.ts';
import { readSnapshot } from '../../lambdas/shared/state/epoch-snapshot.ts';
import { tableFilesAsOf } from '../../lambdas/shared/state/manifest-chain.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { watermarkOfShard } from '../../lambdas/stream/publish/plan/raise-floors.ts';
import { readShards } from '../../lambdas/stream/shards/shard-registry.ts';
import type { StreamObserver } from '../../lib/embedded/stream/observer.ts';
import type { CommandContext } from '../base/command.ts';
import type { Row } from '../lake/row.ts';
import { tableRows } from '../lake/table-rows.ts';
import { createLiveScreen } from './live-screen.ts';
import { type EpochView, epochLine, lagText, type ShardView, StreamView } from './stream-view.ts';
import { counted, secondsText, withCommas } from './text-table.ts';
import { visible } from './visible-text.ts';
import { warningLines } from './warning-lines.ts';

const REDRAW_MS = 500;
const LINE_EVERY_MS = 10_000;

export interface StreamWatch {
  readonly observer: StreamObserver;
  /** Prints a line that stays, whatever else is redrawn. */
  say(line: string): void;
  /** A line each; none twice. */
  warn(warnings: readonly Warning[]): void;
  /** The last epoch that was seen. */
  readonly epoch: EpochView | null;
  close(): Promise<void>;
}

/**
 * Shows a running stream: a table redrawn on a terminal, lines elsewhere. With `--json` it reports
 * failures only.
 */
export function watchStream(
  context: StreamContext,
  { io, isJson }: Pick<CommandContext, 'io' | 'isJson'>,
  settings: {
    readonly title: string;
    readonly everyMs: number;
    /** What is published already. */
    readonly current: EpochView | null;
  },
): StreamWatch {
  const nowMs = () => performance.now();
  const view = new StreamView({ ...settings, nowMs: nowMs() });
  const screen = io.isErrTerminal && !isJson ? createLiveScreen(io) : null;
  const say = (line: string) =>
    screen === null ? io.writeErr(`${visible(line)}\n`) : screen.say(line);
  let epoch = settings.current;
  if (epoch !== null) {
    const ageMs = context.clock.now() - Date.parse(epoch.manifest.created_at);
    view.epoch(epoch, nowMs() - ageMs);
  }
  const warned = new Set<string>();
  const warn = (warnings: readonly Warning[]) => {
    for (const text of warnings.map((warning) => warningLines([warning]).trimEnd())) {
      if (!warned.has(text)) say(`tandem: ${text}`);
      warned.add(text);
    }
  };
  const ended = new AbortController();
  const drawing = isJson
    ? Promise.resolve()
    : show(context, view, { screen, say, nowMs }, ended.signal).catch((error: unknown) => {
        // Only the display has ended: the consumer meets the same cause, and decides.
        say(
          `tandem: warning: the live view stopped: ${error instanceof Error ? error.message : error}`,
        );
      });
  const observer: StreamObserver = {
    onBatch: (batch) => view.batch(batch, nowMs()),
    onTip: (shardId) => view.tip(shardId),
    async onEpoch(manifest) {
      epoch = await readEpochView(context, manifest);
      view.epoch(epoch, nowMs());
      if (screen === null && !isJson) say(epochLine(epoch));
      warn(manifest.epoch_warnings);
    },
    onRetry({ subject, error, pauseMs }) {
      say(`tandem: ${subject}: retrying in ${secondsText(pauseMs)}: ${error.message}`);
    },
  };
  return {
    observer,
    say,
    warn,
    get epoch() {
      return epoch;
    },
    async close() {
      ended.abort();
      await drawing;
      screen?.clear();
    },
  };
}

async function show(
  context: StreamContext,
  view: StreamView,
  to: {
    readonly screen: ReturnType<typeof createLiveScreen> | null;
    readonly say: (line: string) => void;
    readonly nowMs: () => number;
  },
  signal: AbortSignal,
): Promise<void> {
  let saidRecords = 0;
  for (;;) {
    if (to.screen !== null) {
      to.screen.draw(view.lines(await shardViews(context), to.nowMs()));
    } else if (view.records > saidRecords) {
      saidRecords = view.records;
      const rate = withCommas(Math.round(view.ratePerSec(to.nowMs())));
      to.say(
        `${counted(saidRecords, 'record')} consumed, ${rate} per second, lag: ${lagText(view.behindMs)}`,
      );
    }
    try {
      await wait(to.screen === null ? LINE_EVERY_MS : REDRAW_MS, undefined, { signal });
    } catch {
      return;
    }
  }
}

async function shardViews(context: StreamContext): Promise<ShardView[]> {
  const shards = await readShards(context);
  return shards.map(({ shardId, head }) => {
    const watermarkMs = watermarkOfShard(context, head);
    return {
      shardId,
      watermarkMs: watermarkMs === NO_TIME ? null : watermarkMs,
      isSealed: head.sealed,
    };
  });
}

/**
 * Collects what is shown of an epoch: its manifest, open windows, final cells and top products.
 * Throws `TerminalError` if the snapshot or a table is missing or damaged.
 */
export async function readEpochView(
  { lake, lakeKeys }: Pick<StreamContext, 'lake' | 'lakeKeys'>,
  manifest: StreamManifest,
): Promise<EpochView> {
  const { epoch, tables } = manifest;
  const { windows } = await readSnapshot(lake, lakeKeys.snapshot(epoch), epoch);
  let finalCells = 0;
  for await (const { rows } of tableFilesAsOf(lake, manifest, 'window_revenue')) finalCells += rows;
  const topProducts: Row[] = [];
  const { files } = tables.top_products;
  for await (const row of tableRows(lake, files)) topProducts.push(row);
  return {
    manifest,
    manifestKey: lakeKeys.manifest(epoch),
    openWindows: windows.length,
    finalCells,
    topProducts,
  };
}
