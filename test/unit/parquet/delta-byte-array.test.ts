import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteBuffer } from '../../../lambdas/shared/parquet/byte-buffer.ts';
import { ColumnKernel } from '../../../lambdas/shared/parquet/column-kernel.ts';
import { sharesPrefixes } from '../../../lambdas/shared/parquet/delta-byte-array.ts';
import { bytesValues } from '../../support/parquet-data.ts';
import { seed } from '../../support/seed.ts';
import { ByteReader, decodeDeltaBytes, decodeDeltaLengthBytes } from './decoders.ts';

const kernel = new ColumnKernel();
const decoder = new TextDecoder();
const texts = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.integer({ min: 0, max: 9999 }).map((id) => `o${id}`),
  ),
  { maxLength: 200, size: 'max' },
);

function prefixed(list: readonly string[], from = 0, to = list.length): ByteBuffer {
  const buffer = new ByteBuffer(1);
  kernel.packPrefixedTexts(buffer, bytesValues(list), from, to);
  return buffer;
}

describe('texts by what they share', () => {
  it('writes what neighbours share once', () => {
    const reader = new ByteReader(prefixed(['axis', 'axle', 'babble', 'babyhood']).written());

    expect(decodeDeltaBytes(reader).map((text) => decoder.decode(text))).toEqual([
      'axis',
      'axle',
      'babble',
      'babyhood',
    ]);
    expect(decoder.decode(prefixed(['axis', 'axle', 'babble', 'babyhood']).written())).toMatch(
      /axislebabbleyhood$/,
    );
  });

  it('starts anew with each page', () => {
    const reader = new ByteReader(prefixed(['same', 'same', 'same'], 1, 3).written());

    expect(decodeDeltaBytes(reader).map((text) => decoder.decode(text))).toEqual(['same', 'same']);
  });

  it('never loses a byte', () => {
    fc.assert(
      fc.property(texts, (list) => {
        const buffer = prefixed(list);
        const reader = new ByteReader(buffer.written());
        expect(decodeDeltaBytes(reader).map((text) => decoder.decode(text))).toEqual(list);
        expect(reader.at).toBe(buffer.at);
      }),
      { seed },
    );
  });
});

describe('texts by their lengths', () => {
  it('never loses a byte', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (list, cut) => {
        const from = list.length === 0 ? 0 : cut % list.length;
        const buffer = new ByteBuffer(1);
        kernel.packTexts(buffer, bytesValues(list), from, list.length);
        const reader = new ByteReader(buffer.written());
        expect(decodeDeltaLengthBytes(reader).map((text) => decoder.decode(text))).toEqual(
          list.slice(from),
        );
        expect(reader.at).toBe(buffer.at);
      }),
      { seed },
    );
  });
});

describe('sharesPrefixes', () => {
  it('tells ids that rise from texts without an order', () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => `o${10_000 + index}`);
    const scattered = ids.map((_, index) => String((index * 7_919) % 10_007));

    expect(sharesPrefixes(bytesValues(ids), 2_000)).toBe(true);
    expect(sharesPrefixes(bytesValues(scattered), 2_000)).toBe(false);
  });

  it('is false for one value and for none', () => {
    expect(sharesPrefixes(bytesValues(['alone']), 1)).toBe(false);
    expect(sharesPrefixes(bytesValues([]), 0)).toBe(false);
  });
});
