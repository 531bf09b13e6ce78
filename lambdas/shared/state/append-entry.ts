import type { Attributes, StateOperation } from '../ports/state-store.ts';
import { entryAttributes, type LogEntry } from './log-entry.ts';
import type { ShardHead } from './shard-head.ts';
import type { StreamContext } from './stream-context.ts';
import { type TransactStatus, transact } from './transact.ts';

/**
 * Appends one entry to a shard's log and moves HEAD with it, on condition that HEAD is unchanged
 * and not sealed: the one transaction that changes a shard's state (stream protocol §2.7). `set`
 * holds the attributes of HEAD that change besides `version`.
 */
export async function appendEntry(
  context: StreamContext,
  { shardId, head }: { readonly shardId: string; readonly head: ShardHead },
  entry: LogEntry,
  set: Attributes,
  also: readonly StateOperation[] = [],
): Promise<TransactStatus> {
  const { keys } = context;
  return await transact(context, [
    {
      kind: 'put',
      key: keys.log(shardId, entry.version),
      attributes: entryAttributes(entry),
      ifAbsent: true,
    },
    {
      kind: 'update',
      key: keys.head(shardId),
      set: { version: entry.version, ...set },
      tests: [
        { attribute: 'version', equals: head.version },
        { attribute: 'sealed', equals: false },
      ],
    },
    ...also,
  ]);
}
