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
 * A file's version: size, time of last change and inode. The kernel's clock moves in steps of some
 * milliseconds, so this store gives a file a time that differs from the one it replaces: equal text
 * then means equal content.
 */
export function versionOf(stats: BigIntStats): FileVersion {
  return {
    sizeBytes: Number(stats.size),
    etag: `${stats.ino.toString(36)}-${stats.mtimeNs.toString(36)}-${stats.size.toString(36)}`,
    mtimeNs: stats.mtimeNs,
  };
}

/** Time of the last change in ms since 1970, rounded down. */
export function modifiedAtMs(version: FileVersion): number {
  return Number(version.mtimeNs / NS_PER_MS);
}

/**
 * The version of the file at `path`, following symbolic links; null if there is none, or a folder
 * or device.
 */
export function statFile(path: string): FileVersion | null {
  const stats = statPath(path);
  return stats?.isFile() ? versionOf(stats) : null;
}

/** Facts about anything at `path`; null if there is nothing. */
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
 * Gives a finished file a time later than that of every file this thread made, and of `replaced`,
 * so that its version is new.
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
