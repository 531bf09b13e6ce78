import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { errnoCode } from './file-errors.ts';

/** Names that the file store keeps for itself beside the objects; `list` passes over them. */
const TEMPORARY_PREFIX = '.tandem-tmp-';
export const LOCK_NAME = '.tandem-lock';

/** True for names of temporary files and locks, which are not objects. */
export function isReservedName(name: string): boolean {
  return name.startsWith(TEMPORARY_PREFIX) || name.startsWith(LOCK_NAME);
}

/** Throws `RangeError` for a key with a segment that is a reserved name. */
export function assertUnreserved(key: string): void {
  if (key.includes('.tandem-') && key.split('/').some(isReservedName)) {
    throw new RangeError(`key ${JSON.stringify(key)} uses a name that the file store reserves`);
  }
}

/** Machines may share a folder; a process is known by its number on its own machine only. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);
const OWN_START = startOf(process.pid);
let temporaryCount = 0;

/** `<machine>-<process>-<start of the process>`: who made a temporary file or holds a lock. */
export const OWNER = `${HOST}-${process.pid}-${OWN_START}`;

/** A name unique across processes and threads. Short, so that a long key segment still fits. */
export function temporaryName(): string {
  temporaryCount += 1;
  return `${TEMPORARY_PREFIX}${OWNER}-${threadId}-${temporaryCount}`;
}

/**
 * True if the owner process is known to be gone; false if that cannot be told (another machine,
 * other text).
 */
export function isOwnerGone(owner: string): boolean {
  const match = /^([0-9a-f]{12})-(\d+)-(\d*)$/.exec(owner);
  if (match === null || match[1] !== HOST) return false;
  const pid = Number(match[2]);
  if (!isAlive(pid)) return true;
  // A number is given again, in a restarted container even the same one; the start time tells them
  // apart.
  return match[3] !== '' && startOf(pid) !== match[3];
}

/** True for the name of a temporary file whose process is gone. */
export function isStaleTemporary(name: string): boolean {
  const match = /^([0-9a-f]{12}-\d+-\d*)-\d+-\d+$/.exec(name.slice(TEMPORARY_PREFIX.length));
  return name.startsWith(TEMPORARY_PREFIX) && match !== null && isOwnerGone(match[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoCode(error) !== 'ESRCH'; // EPERM: it lives, and belongs to another user.
  }
}

/**
 * Ticks from boot to the start of a process (proc(5), field 22 of stat); '' where the system does
 * not say.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch (error) {
    if (errnoCode(error) === '') throw error;
    return '';
  }
}
