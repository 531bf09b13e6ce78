/**
 * Slow and obvious decoders, written from the format's description, to check the encoders against.
 */

export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new Error('read past the end');
    return this.bytes[this.at++];
  }

  take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw new Error('read past the end');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }
}

/** `count` values of `width` bits, least significant bit first. */
export function unpackBits(bytes: Uint8Array, count: number, width: number): bigint[] {
  return Array.from({ length: count }, (_, index) => {
    let value = 0n;
    for (let bit = 0; bit < width; bit++) {
      const place = index * width + bit;
      if ((bytes[place >> 3] >> (place & 7)) & 1) value |= 1n << BigInt(bit);
    }
    return value;
  });
}

export function decodeRleHybrid(reader: ByteReader, count: number, width: number): number[] {
  const values: number[] = [];
  while (values.length < count) {
    const header = Number(reader.varint());
    if (header % 2 === 1) {
      const groups = (header - 1) / 2;
      values.push(...unpackBits(reader.take(groups * width), groups * 8, width).map(Number));
    } else {
      const bytes = reader.take(Math.ceil(width / 8));
      const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
      for (let i = 0; i < header / 2; i++) values.push(value);
    }
  }
  if (values.length - count >= 8) throw new Error('padded by more than a group');
  return values.slice(0, count);
}

/** Values wrap at `bits`, as the physical type does. */
export function decodeDelta(reader: ByteReader, bits: 32 | 64): bigint[] {
  const blockSize = Number(reader.varint());
  const miniBlocks = Number(reader.varint());
  const count = Number(reader.varint());
  let value = reader.zigzag();
  const values = count === 0 ? [] : [value];
  const perMiniBlock = blockSize / miniBlocks;
  while (values.length < count) {
    const minDelta = reader.zigzag();
    const widths = [...reader.take(miniBlocks)];
    for (const width of widths) {
      if (width > bits) throw new Error(`a width of ${width} does not fit ${bits} bits`);
      if (values.length >= count) {
        if (width !== 0) throw new Error('an unused mini-block has a width');
        continue;
      }
      const rests = unpackBits(reader.take((perMiniBlock * width) / 8), perMiniBlock, width);
      for (const rest of rests) {
        if (values.length >= count) break;
        value = BigInt.asIntN(bits, value + minDelta + rest);
        values.push(value);
      }
    }
  }
  return values;
}

export function decodeDeltaLengthBytes(reader: ByteReader): Uint8Array[] {
  return decodeDelta(reader, 32).map((length) => reader.take(Number(length)));
}

export function decodeDeltaBytes(reader: ByteReader): Uint8Array[] {
  const prefixes = decodeDelta(reader, 32);
  const suffixes = decodeDeltaLengthBytes(reader);
  let previous = new Uint8Array(0);
  return suffixes.map((suffix, index) => {
    previous = Uint8Array.from([...previous.subarray(0, Number(prefixes[index])), ...suffix]);
    return previous;
  });
}
