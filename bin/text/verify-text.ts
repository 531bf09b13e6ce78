import type { VerifiedDoor, VerifyResult } from '../../lib/embedded/verify/verify-lake.ts';
import { byteText, counted, secondsText } from './text-table.ts';

/** The result of `verify` for people. */
export function verifyText(
  { doors, faults }: VerifyResult,
  {
    addressOf,
    durationMs,
  }: { readonly addressOf: (key: string) => string; readonly durationMs: number },
): string {
  const read = doors.map(doorText).join('');
  const time = `in ${secondsText(durationMs)}`;
  if (faults.length === 0)
    return `${read}\nall files are present, intact and consistent, checked ${time}\n`;
  const list = faults.map(
    ({ key, message, restore }) => `${addressOf(key)}\n  ${message}\n  fix: ${restore}\n`,
  );
  const objects = counted(faults.length, 'object is', 'objects are');
  return `${read}\n${list.join('')}\n${objects} missing or damaged, checked ${time}\n`;
}

function doorText({ door, name, files, bytes, manifests, segments }: VerifiedDoor): string {
  const title = door === 'batch' ? `batch run ${name}` : `stream epoch ${name}`;
  const tables = `${counted(files, 'file')} of tables (${byteText(bytes)})`;
  const chain = `, ${counted(manifests, 'manifest')}, ${counted(segments, 'segment')}`;
  return `${title}: read ${tables}${door === 'stream' ? chain : ''}\n`;
}
