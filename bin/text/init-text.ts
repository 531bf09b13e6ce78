import type { ProposedConfig, ProposedGroup } from '../../lib/embedded/init/propose-config.ts';
import { counted, textTable } from './text-table.ts';
import { visible } from './visible-text.ts';

/** What became of the config file. */
export type Written = 'written' | 'unchanged' | 'refused';

const SURE = { sure: 'sure', likely: 'likely', guess: 'guess: check it' } as const;

/** What was found in the files, how sure it is, and what comes next, for people. */
export function initText(
  { groups }: ProposedConfig,
  { file, written, difference }: { file: string; written: Written; difference: readonly string[] },
): string {
  const tables = groups.map(groupText).join('\n');
  return `${tables}\n${writtenText(file, written, difference)}`;
}

function groupText({ match, files, records, findings, open, lost, isOwnForm }: ProposedGroup) {
  const own = isOwnForm ? ': Tandem reads them without a mapping' : '';
  const head = `${counted(files.length, 'file')}, ${counted(records, 'record')}, ${match}${own}\n`;
  const rows = findings.map(({ what, value, sure }) => [what, value, SURE[sure]]);
  const table = textTable([{ title: 'what' }, { title: 'found' }, { title: 'how sure' }], rows);
  const openText =
    open.length === 0
      ? ''
      : `\nno column was found for ${open.join(', ')}: name it in the config, else batch rejects the files\n`;
  const lostText =
    lost === 0 ? '' : `\nabout ${counted(lost, 'record')} would be quarantined as it is now\n`;
  return `${visible(head.trimEnd())}\n\n${table}${openText}${lostText}`;
}

function writtenText(file: string, written: Written, difference: readonly string[]): string {
  const next = `next: npx tandem check --config ${file}, then npx tandem batch --config ${file}\n`;
  if (written === 'unchanged') return `${file} says so already; nothing changed\n${next}`;
  if (written === 'written') return `written to ${file}\n${next}`;
  return (
    `${file} has another input; nothing was written. What would change:\n\n` +
    `${difference.map(visible).join('\n')}\n\n` +
    '--force replaces input and keeps all other keys; --out FILE writes another file\n'
  );
}

/** One line for each preset. */
export function presetsText(
  notes: Readonly<Record<string, { readonly title: string; readonly reads: string }>>,
): string {
  const rows = Object.entries(notes).map(([name, { title, reads }]) => [
    name,
    `${title}: ${reads}`,
  ]);
  if (rows.length === 0) return 'this version has no presets\n';
  return textTable([{ title: 'preset' }, { title: 'reads' }], rows);
}
