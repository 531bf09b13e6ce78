import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import { OUTCOMES } from '../../../lambdas/shared/rules/outcome.ts';
import {
  checkSegment,
  decodeLine,
  decodeSegment,
  encodeSegment,
  readSegment,
  type SegmentRecord,
  segmentLines,
} from '../../../lambdas/shared/state/segment.ts';
import { placed } from '../../support/bytes-of.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { seed } from '../../support/seed.ts';

const ARRIVAL_MS = Date.UTC(2026, 0, 5, 1, 2, 3, 4) as EpochMs;
const ARRIVED = '"arrival_time":"2026-01-05T01:02:03.004Z"';

function aRecord(
  data: Uint8Array,
  outcome: SegmentRecord['outcome'] = 'active',
  watermarkMs: number | null = null,
): SegmentRecord {
  const record = { sequenceNumber: '1', partitionKey: 'o1', arrivalTimeMs: ARRIVAL_MS, data };
  return { record, outcome, watermarkMs: watermarkMs as EpochMs | null };
}

/** A text in the middle of other bytes. */
function inside(text: string): Uint8Array {
  const { bytes, start, end } = placed(text);
  return bytes.subarray(start, end);
}

/** Buffers are compared byte by byte, slowly. */
function inHex({ record, ...rest }: SegmentRecord) {
  return { ...rest, record: { ...record, data: Buffer.from(record.data).toString('hex') } };
}

const linesOf = (text: string) =>
  segmentLines(zstdCompressSync(text), 'k').map((line) => Buffer.from(line).toString());

describe('a segment', () => {
  it('is a line of JSON for each record', () => {
    const records = [
      aRecord(inside('{"a":"é"}')),
      aRecord(Uint8Array.of(0xff, 0x00), 'quarantined'),
      aRecord(inside('\ufeffx'), 'late', 0),
      aRecord(new Uint8Array(0), 'duplicate'),
    ];

    const text = zstdDecompressSync(encodeSegment(records)).toString();

    const head = `{"sequence_number":"1",${ARRIVED},"partition_key":"o1","outcome":`;
    expect(text.split('\n')).toEqual([
      `${head}"active","data":"{\\"a\\":\\"é\\"}"}`,
      `${head}"quarantined","data_base64":"/wA="}`,
      `${head}"late","watermark":"1970-01-01T00:00:00.000Z","data":"\ufeffx"}`,
      `${head}"duplicate","data":""}`,
      '',
    ]);
    expect(zstdDecompressSync(encodeSegment([])).toString()).toBe('');
  });

  it('gives the records back as they were', () => {
    const time = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '\ufeff', '\n', '"', '😀', '\0') });
    const data = fc.oneof(fc.uint8Array(), text.map(inside));
    const record = fc.record({
      sequenceNumber: fc.bigInt({ min: 0n, max: 10n ** 56n }).map(String),
      partitionKey: text,
      arrivalTimeMs: time,
      data,
    });
    const line = fc.record({
      record,
      outcome: fc.constantFrom(...OUTCOMES),
      watermarkMs: fc.option(time, { nil: null }),
    });

    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (drawn) => {
        const records = drawn as SegmentRecord[];

        const found = decodeSegment(encodeSegment(records), 'k');

        expect(found.map(inHex)).toEqual(records.map(inHex));
      }),
      { seed, numRuns: 100 },
    );
  });

  it('may lack the last line end, and has its empty lines', () => {
    expect(linesOf('')).toEqual([]);
    expect(linesOf('a')).toEqual(['a']);
    expect(linesOf('a\n')).toEqual(['a']);
    expect(linesOf('a\nbc')).toEqual(['a', 'bc']);
    expect(linesOf('\n\na\n')).toEqual(['', '', 'a']);
  });

  it('fails when it is not a zstd stream', () => {
    expect(() => segmentLines(Buffer.from('{}'), 'k')).toThrow(
      expect.objectContaining({
        code: 'segment_damaged',
        message: 'segment k is not a zstd stream',
        cause: expect.any(Error),
      }),
    );
  });

  const LINE = {
    sequence_number: '1',
    arrival_time: '2026-01-05T01:02:03.004Z',
    partition_key: 'o1',
    outcome: 'active',
  };

  it('has records without data', () => {
    expect(decodeLine(inside(JSON.stringify(LINE)), 'k')).toEqual(aRecord(Buffer.alloc(0)));
  });

  it('fails when a line is not JSON', () => {
    expect(() => decodeLine(inside('{"a"'), 'k')).toThrow(
      expect.objectContaining({
        code: 'segment_damaged',
        message: 'segment k has a line that is not JSON',
        cause: expect.any(SyntaxError),
      }),
    );
  });

  it('fails when a line has another shape, and says where', () => {
    const line = JSON.stringify({ ...LINE, outcome: 'lost' });

    expect(() => decodeLine(inside(line), 'k')).toThrow(
      expect.objectContaining({
        code: 'segment_damaged',
        message:
          'segment k has a damaged line: outcome is "lost", not one of active, cancelled, ' +
          'quarantined, duplicate, late; restore the object',
      }),
    );
  });
});

describe('a segment that is named', () => {
  // sha256 of `abc` (FIPS 180-2, B.1).
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const SEGMENT = { key: 'raw/a', sha256 };
  const ENTRY = { shardId: 'shard-1', version: 7 };

  it('is read, and has the bytes of its checksum', async () => {
    const lake = new MemoryObjectStore();
    await lake.put('raw/a', Buffer.from('abc'));

    const bytes = await readSegment(lake, SEGMENT, ENTRY);

    expect(Buffer.from(bytes).toString()).toBe('abc');
    expect(() => checkSegment(bytes, SEGMENT)).not.toThrow();
  });

  it('fails when it is missing', async () => {
    await expect(readSegment(new MemoryObjectStore(), SEGMENT, ENTRY)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'segment_missing',
      message:
        'segment raw/a of shard-1, version 7, is missing; ' +
        'nothing is published until the object is restored',
      cause: { name: 'ObjectNotFoundError' },
    });
  });

  it('fails when it has other bytes', async () => {
    const lake = new MemoryObjectStore();
    await lake.put('raw/a', Buffer.from('abd'));

    await expect(readSegment(lake, SEGMENT, ENTRY)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'segment_damaged',
      message:
        'segment raw/a of shard-1, version 7, does not match the checksum of its log entry; ' +
        'restore the object',
    });
    expect(() => checkSegment(Buffer.from('abd'), SEGMENT)).toThrow(
      expect.objectContaining({
        code: 'segment_damaged',
        message: 'segment raw/a does not match the checksum of its manifest; restore the object',
      }),
    );
  });

  it('fails when the store does', async () => {
    const broken = new Error('denied');
    const lake = hookedStore(new MemoryObjectStore(), () => Promise.reject(broken));

    await expect(readSegment(lake, SEGMENT, ENTRY)).rejects.toBe(broken);
  });
});
