import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../model/config.ts';
import { TerminalError } from '../model/errors.ts';

/** The settings file in each function's code folder; `lib/aws` writes it when it bundles. */
export const SETTINGS_FILE = 'settings.json';

/** What was fixed when the functions were deployed. */
export interface DeployedSettings {
  readonly config: Config;
  /** The project's version and a hash of the code of all functions. */
  readonly codeVersion: string;
}

export interface FunctionSettings extends DeployedSettings {
  readonly memoryBytes: number;
  /** How long a run of this function may take. */
  readonly timeLimitMs: number;
}

const MIB = 1024 * 1024;
const TIME_LIMIT_MS = 15 * 60 * 1000;

/**
 * The deployed config with this function's memory as its limit, and the code version combined with
 * what else decides the bytes it writes. Throws `TerminalError` `settings_missing`.
 */
export function functionSettings(): FunctionSettings {
  const folder = process.env.LAMBDA_TASK_ROOT ?? '.';
  const { config, codeVersion } = readSettings(join(folder, SETTINGS_FILE));
  const memoryBytes = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 1_769) * MIB;
  const { node, zstd } = process.versions;
  return {
    config: { ...config, batch: { ...config.batch, memoryLimitBytes: memoryBytes } },
    codeVersion: `${codeVersion} node-${node} zstd-${zstd}`,
    memoryBytes,
    timeLimitMs: TIME_LIMIT_MS,
  };
}

/** Reads the settings file that the bundle carries. Throws `TerminalError` `settings_missing`. */
export function readSettings(file: string): DeployedSettings {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DeployedSettings;
  } catch (cause) {
    const message = `${file} cannot be read; bundling the functions creates it`;
    throw new TerminalError('settings_missing', message, { cause });
  }
}
