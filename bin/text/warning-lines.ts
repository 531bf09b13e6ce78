import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import { type Warning, warningText } from '../../lambdas/shared/model/warning.ts';
import type { CommandContext, CommandIo } from '../base/command.ts';
import { visible } from './visible-text.ts';

/** One line per warning, for people; no value of an input can move the cursor. */
export function warningLines(warnings: readonly Warning[]): string {
  return warnings.map((warning) => `warning: ${visible(warningText(warning))}\n`).join('');
}

/**
 * Prints the warnings of a batch run on standard error, whatever standard output is for. True if
 * there are any.
 */
export function sayWarnings(
  manifest: BatchManifest,
  { io, config }: Pick<CommandContext, 'config'> & { readonly io: Pick<CommandIo, 'writeErr'> },
): boolean {
  const lines = [
    ...manifest.warnings.map((warning) => warningLines([warning])),
    ...quarantineLine(manifest, config.batch.maxQuarantined),
  ];
  for (const line of lines) io.writeErr(`tandem: ${line}`);
  return lines.length > 0;
}

/** A run of less than 100 records is not held back (contract §2.3): it is warned of. */
function quarantineLine({ counts, issues }: BatchManifest, maxShare: number): string[] {
  if (counts.quarantined <= maxShare * counts.read) return [];
  const reasons = Object.entries(issues)
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, records]) => `${code} (${records})`);
  const share = `${counts.quarantined} of ${counts.read} records are quarantined`;
  return [`warning: ${share}: ${reasons.join(', ')}; to see them: npx tandem show quarantine\n`];
}
