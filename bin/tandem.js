#!/usr/bin/env node
// The only file that must run on any Node since 18: it starts the command line on Node 24, which is
// installed as an optional dependency. A checkout runs `tandem.ts` itself; a package runs its
// compiled form, because Node strips no types below `node_modules`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const RESTARTED = 'TANDEM_RESTARTED';

const major = Number(process.versions.node.split('.')[0]);
if (major >= NEEDED_MAJOR) {
  module.enableCompileCache?.();
  hideExperimentalWarnings();
  const isCheckout = existsSync(new URL('./tandem.ts', import.meta.url));
  await import(isCheckout ? './tandem.ts' : '../dist/bin/tandem.js');
} else {
  const fitting = process.env[RESTARTED] === undefined ? findNode() : null;
  if (fitting === null) fail();
  else restart(fitting);
}

/** Hides what Node 24.0 calls experimental and later versions do not: users cannot act on it. */
function hideExperimentalWarnings() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] !== 'ExperimentalWarning') emitWarning.call(process, warning, ...rest);
  };
}

/** The `node` of the nearest `node_modules` that has one. */
function findNode() {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const names = [`node-${platform}`, `node-bin-${platform}`];
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder)) {
    folder = dirname(folder);
    for (const name of names) {
      const candidate = join(folder, 'node_modules', name, 'bin', `node${suffix}`);
      if (existsSync(candidate)) return candidate;
    }
  }
  return null;
}

function restart(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel tells the child when this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [RESTARTED]: '1' },
  });
  // A terminal sends ctrl-C to the child as well; the child takes two signals at once for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', fail);
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0);
  });
}

function fail() {
  process.stderr.write(
    `tandem needs Node ${NEEDED_MAJOR}, but this is ${process.versions.node}. ` +
      'Run `npm ci` or `npm install` without `--omit=optional`, which installs it, ' +
      `or install Node ${NEEDED_MAJOR} from https://nodejs.org.\n`,
  );
  process.exitCode = 1;
}
