import { type BigIntStats, fstatSync, futimesSync, statSync } from 'node:fs';
import { isAbsence } from './file-errors.ts';

/** What a file is known by without reading it. */
export interface FileVersion {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly mtimeNs: bigint;
}

const NS_PER_MS = 1_000_000n;
/**
 * More than one step of a double that holds seconds since 1970 (0.24 µs), in which times are set.
 */
const TIME_STEP_NS = 2_000n;

/**
 * Size, time of the last change and inode. The kernel's time moves in steps of some milliseconds;
 * files of this store get one that differs from the file they replace, so that equal text means
 * equal content even then.
 */
export function versionOf(stats: BigIntStats): FileVersion {
  return {
    sizeBytes: Number(stats.size),
    etag: `${stats.ino.toString(36)}-${stats.mtimeNs.toString(36)}-${stats.size.toString(36)}`,
    mtimeNs: stats.mtimeNs,
  };
}

export function modifiedAtMs(version: FileVersion): number {
  return Number(version.mtimeNs / NS_PER_MS);
}

/** Null where there is no file; folders and devices are none. Symbolic links are followed. */
export function statFile(path: string): FileVersion | null {
  const stats = statPath(path);
  return stats?.isFile() ? versionOf(stats) : null;
}

/** Null where there is nothing. */
export function statPath(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

let latestMtimeNs = 0n;

/**
 * Gives a finished file a time that is later than that of every file this thread made, and of
 * `replaced`.
 */
export function stampFile(fd: number, replaced: FileVersion | null): FileVersion {
  let version = versionOf(fstatSync(fd, { bigint: true }));
  const replacedMtimeNs = replaced?.mtimeNs ?? 0n;
  const afterNs = replacedMtimeNs > latestMtimeNs ? replacedMtimeNs : latestMtimeNs;
  if (version.mtimeNs <= afterNs) {
    const timeSec = Number(afterNs + TIME_STEP_NS) / 1e9;
    futimesSync(fd, timeSec, timeSec);
    version = versionOf(fstatSync(fd, { bigint: true }));
  }
  if (version.mtimeNs > latestMtimeNs) latestMtimeNs = version.mtimeNs;
  return version;
}
