import { viewOf } from '../../lambdas/shared/bytes/bytes.ts';

/** A text as UTF-8 between other bytes, and where it stands there. */
export function placed(text: string, around = '-9') {
  const bytes = new Uint8Array(Buffer.from(`${around}${text}${around}`));
  const start = Buffer.byteLength(around);
  return { bytes, view: viewOf(bytes), start, end: start + Buffer.byteLength(text) };
}
