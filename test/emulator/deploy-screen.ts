/** What `local:deploy` shows of what the CDK says. */

/** A line of the screen for a line of the CDK that tells how far it is; null for all others. */
export function progressOf(line: string): string | null {
  const stack = /^\s*✅\s+(\S+)(?: \((no changes)\))?/.exec(line);
  if (stack !== null) {
    const [, name, unchanged] = stack;
    return name.startsWith('Environment') ? null : `${name} ${unchanged ?? 'is deployed'}`;
  }
  const synthesis = /Synthesis time: ([\d.]+)s/.exec(line);
  return synthesis === null ? null : `templates are made, in ${synthesis[1]} s`;
}

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Names that exports get by themselves: nobody types them. */
const GENERATED = /^ExportsOutput/;

/** What is deployed, by stack, and what to do with it. */
export function deployedText(outputs: Outputs, next: readonly string[]): string {
  const lines: string[] = [];
  for (const [stack, values] of Object.entries(outputs)) {
    const shown = Object.entries(values).filter(([name]) => !GENERATED.test(name));
    if (shown.length === 0) continue;
    lines.push(`${stack}`);
    const width = Math.max(...shown.map(([name]) => name.length));
    for (const [name, value] of shown) lines.push(`  ${name.padEnd(width)}  ${value}`);
  }
  return [...lines, '', 'next', ...next.map((line) => `  ${line}`), ''].join('\n');
}
