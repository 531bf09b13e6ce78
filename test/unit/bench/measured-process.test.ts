import { describe, expect, it } from 'vitest';
import { measureProcess } from '../../bench/harness/measured-process.ts';

const BUSY = `
  const until = process.cpuUsage().user + 100_000;
  while (process.cpuUsage().user < until);
`;

describe('measureProcess', () => {
  it('sees the CPU time and the memory of worker threads too', async () => {
    const worker = `const held = Buffer.alloc(150e6, 1); ${BUSY}`;
    const text = JSON.stringify(worker);
    const script = `new (require('node:worker_threads').Worker)(${text}, { eval: true })`;

    const { usage } = await measureProcess(['-e', script]);

    expect(usage.cpuSeconds).toBeGreaterThan(0.1);
    expect(usage.seconds).toBeGreaterThan(0.1);
    expect(usage.rssBytes).toBeGreaterThan(150e6);
  });

  it('gives back the JSON that the process printed', async () => {
    const { output } = await measureProcess(['-e', `console.log('{"rows": 3}')`]);

    expect(output).toEqual({ rows: 3 });
  });

  it('fails when the process does, with the end of what it said', async () => {
    const script = `process.stderr.write('no such folder'); process.exitCode = 3`;

    await expect(measureProcess(['-e', script])).rejects.toThrow(/ended with 3: no such folder$/);
  });
});
