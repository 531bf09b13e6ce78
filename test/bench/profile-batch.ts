/**
 * `node test/bench/profile-batch.ts [--sizes 10M]`: where the time of a batch run goes, all threads
 * together, by folder of the code and by function, in seconds of samples.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '../../bin/text/text-table.ts';
import { parseSizes } from './harness/bench-arguments.ts';
import { benchPath, emptyFolder, generatedLanding, TANDEM } from './harness/bench-data.ts';
import { measureProcess } from './harness/measured-process.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const FUNCTIONS_SHOWN = 25;

const { values } = parseArgs({ options: { sizes: { type: 'string', default: '10M' } } });
const [orders] = parseSizes(values.sizes);
const landing = await generatedLanding(orders, false, (text) => process.stderr.write(`${text}\n`));
const lake = benchPath('profile', 'tandem');
const profiles = benchPath('profile', 'cpu');
emptyFolder(lake);
emptyFolder(profiles);
await measureProcess([
  ...['--cpu-prof', '--cpu-prof-dir', profiles, TANDEM, 'batch', '--json'],
  ...['--landing', landing, '--lake', lake, '--workers', '2'],
]);

const byArea = new Map<string, number>();
const byFunction = new Map<string, number>();
for (const file of readdirSync(profiles)) {
  addProfile(JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile);
}
process.stdout.write(tableOf('where', byArea, byArea.size));
process.stdout.write(`\n${tableOf('function', byFunction, FUNCTIONS_SHOWN)}`);

function addProfile({ nodes, samples, timeDeltas }: CpuProfile): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  samples.forEach((id, index) => {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') return;
    const seconds = timeDeltas[index] / 1e6;
    const area = areaOf(frame.url, frame.functionName);
    const name = `${frame.functionName} (${frame.url.split('/').slice(-2).join('/')})`;
    byArea.set(area, (byArea.get(area) ?? 0) + seconds);
    byFunction.set(name, (byFunction.get(name) ?? 0) + seconds);
  });
}

/** The folder of our code, `node:` for what runs inside Node, else what V8 calls it. */
function areaOf(url: string, functionName: string): string {
  if (url.startsWith('node:')) return url;
  if (url.startsWith('wasm:')) return 'kernels in WebAssembly';
  if (url.includes('/node_modules/')) return 'node_modules';
  const match = /\/((?:bin|lib|lambdas)\/.*)\/[^/]+$/.exec(url);
  return match?.[1] ?? (functionName.startsWith('(') ? functionName : 'native code');
}

function tableOf(title: string, seconds: ReadonlyMap<string, number>, limit: number): string {
  const total = [...seconds.values()].reduce((sum, value) => sum + value, 0);
  const lines = [...seconds]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, limit)
    .filter(([, value]) => value >= total / 1000)
    .map(([name, value]) => [name, value.toFixed(2), `${((100 * value) / total).toFixed(1)} %`]);
  const columns = [{ title }, { title: 's', isNumber: true }, { title: 'share', isNumber: true }];
  return textTable(columns, [['all threads', total.toFixed(2), '100.0 %'], ...lines]);
}
