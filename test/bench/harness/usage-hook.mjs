// Loaded by `node --import` into a measured process; plain JavaScript, so that it costs next to
// nothing.
// At its end the process leaves what it used in the file that TANDEM_BENCH_USAGE names.
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/**
 * VmHWM counts from `exec` on; maxRSS would start with the memory of the process that forked this
 * one.
 */
function peakResidentBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const match = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(match[1]) * 1024;
}

const path = process.env.TANDEM_BENCH_USAGE;
if (isMainThread && path !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
    writeFileSync(path, JSON.stringify({ cpuSeconds, rssBytes: peakResidentBytes() }));
  });
}
