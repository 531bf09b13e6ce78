import { createHash } from 'node:crypto';

/** Part size of `S3Writer` and the AWS CLI for large objects. */
export const UPLOAD_PART_BYTES = 8 * 1024 * 1024;

/**
 * Compares content with the etag of an S3 object: the MD5 of the bytes or, for a multipart upload,
 * the MD5 of its parts' MD5s and their number (S3 guide, "Checking object integrity"). Null if the
 * etag does not tell: another part size, a KMS key, another store.
 */
export async function hasContent(
  etag: string,
  sizeBytes: number,
  content: AsyncIterable<Uint8Array>,
): Promise<boolean | null> {
  const match = /^"?([0-9a-f]{32})(?:-(\d+))?"?$/.exec(etag);
  if (match === null) return null;
  const [, wanted, parts] = match;
  if (parts === undefined) return (await md5Of(content)) === wanted;
  if (Number(parts) !== Math.ceil(sizeBytes / UPLOAD_PART_BYTES)) return null;
  return (await md5OfParts(content)) === wanted;
}

/** Compares two sequences of bytes, however each is cut into pieces. */
export async function isSameContent(
  one: AsyncIterable<Uint8Array>,
  other: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const pieces = one[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  for await (const wanted of other) {
    for (let at = 0; at < wanted.length; ) {
      if (rest.length === 0) {
        const { value, done } = await pieces.next();
        if (done === true) return false;
        rest = value;
        continue;
      }
      const size = Math.min(rest.length, wanted.length - at);
      if (Buffer.compare(rest.subarray(0, size), wanted.subarray(at, at + size)) !== 0) {
        await pieces.return?.();
        return false;
      }
      rest = rest.subarray(size);
      at += size;
    }
  }
  while (rest.length === 0) {
    const { value, done } = await pieces.next();
    if (done === true) return true;
    rest = value;
  }
  await pieces.return?.();
  return false;
}

async function md5Of(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of content) hash.update(piece);
  return hash.digest('hex');
}

async function md5OfParts(content: AsyncIterable<Uint8Array>): Promise<string> {
  const whole = createHash('md5');
  let part = createHash('md5');
  let partBytes = 0;
  for await (const piece of content) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + UPLOAD_PART_BYTES - partBytes);
      part.update(taken);
      partBytes += taken.length;
      at += taken.length;
      if (partBytes < UPLOAD_PART_BYTES) continue;
      whole.update(part.digest());
      part = createHash('md5');
      partBytes = 0;
    }
  }
  if (partBytes > 0) whole.update(part.digest());
  return whole.digest('hex');
}
