import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The lines that a program prints; it is killed when it has printed `lineCount`. */
export async function runUntilKilled(
  program: string,
  args: readonly string[],
  lineCount: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  // Line ends only: the end of what a killed process printed may be the front of a line.
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    if (lines.length >= lineCount) child.kill('SIGKILL');
  });
  const [, signal] = await closed;
  if (signal !== 'SIGKILL') throw new Error(`${program} ended before it was killed`);
  return lines;
}
