import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hashBytes, viewOf } from '../../../lambdas/shared/bytes/bytes.ts';
import { NO_TIME } from '../../../lambdas/shared/rules/lateness.ts';
import {
  type ClaimList,
  ClaimSet,
  decodeClaims,
  encodeClaims,
} from '../../../lambdas/shared/state/claims.ts';
import { placed } from '../../support/bytes-of.ts';

/** Ids one behind the other, behind a byte of another one. */
function listOf(claims: readonly (readonly [string, number])[]): ClaimList {
  const ids = new Uint8Array(Buffer.from(`~${claims.map(([id]) => id).join('')}`));
  const starts = new Uint32Array(claims.length);
  const ends = new Uint32Array(claims.length);
  let at = 1;
  claims.forEach(([id], index) => {
    starts[index] = at;
    at += Buffer.byteLength(id);
    ends[index] = at;
  });
  const timeMs = Float64Array.from(claims, ([, time]) => time);
  return { count: claims.length, ids: viewOf(ids), starts, ends, timeMs };
}

function decoded(bytes: Uint8Array): [string, number][] {
  const found: [string, number][] = [];
  decodeClaims(bytes, (view, start, end, timeMs) => {
    const id = Buffer.from(view.buffer, view.byteOffset + start, end - start).toString();
    found.push([id, timeMs]);
  });
  return found;
}

function timeOf(set: ClaimSet, id: string): number {
  const { view, start, end } = placed(id);
  return set.timeOf(view, start, end);
}

function add(set: ClaimSet, id: string, timeMs: number): void {
  const { view, start, end } = placed(id);
  set.add(view, start, end, timeMs, hashBytes(view, start, end));
}

describe('packed claims', () => {
  it.each<[string, [string, number][]]>([
    ['none', []],
    ['of one id', [['o1', 1_768_000_000_000]]],
    [
      'of ids of many lengths, in their order',
      [
        ['b', 5],
        ['', 5],
        ['a'.repeat(255), 4],
        ['é', 7],
      ],
    ],
    [
      'with differences of one, two and more bytes, up and down',
      [0, 63, 0, 64, 0, 127, 128, 0, 8_191, 0, 8_192, 1, 7_258_118_399_999, 0].map((time, i) => [
        `${i}`,
        time,
      ]),
    ],
    [
      'with times before 1970',
      [
        ['a', -1],
        ['b', -64],
        ['c', -65],
        ['d', -2_208_988_800_001],
      ],
    ],
  ])('come back as they were: %s', (_name, claims) => {
    expect(decoded(encodeClaims(listOf(claims)))).toEqual(claims);
  });

  it('are their number, all lengths, all ids, and times as differences', () => {
    const packed = encodeClaims(
      listOf([
        ['ab', 64],
        ['c', 0],
      ]),
    );

    // Differences of 64 and -64 are 128 and 127 with their sign in the lowest bit.
    expect([...zstdDecompressSync(packed)]).toEqual([
      ...[2, 0, 0, 0],
      ...[2, 1],
      ...Buffer.from('abc'),
      ...[128, 1],
      127,
    ]);
  });

  it('hold no more than their number says', () => {
    const list = listOf([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);

    expect(decoded(encodeClaims({ ...list, count: 2 }))).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });
});

describe('packed claims that are damaged', () => {
  const whole = zstdDecompressSync(
    encodeClaims(
      listOf([
        ['a', 1],
        ['bc', 1_769_860_800_000],
      ]),
    ),
  );
  const { length } = whole;

  it.each([
    ['are no packed bytes', Buffer.from('nothing')],
    ...Array.from({ length }, (_, bytes): [string, Uint8Array] => [
      `end after ${bytes} of ${length} bytes`,
      zstdCompressSync(whole.subarray(0, bytes)),
    ]),
    ['go on behind their end', zstdCompressSync(Buffer.concat([whole, Buffer.from([0])]))],
  ])('are told where they %s', (_name, bytes) => {
    expect(() => decoded(bytes)).toThrow(expect.objectContaining({ code: 'state_damaged' }));
  });
});

describe('ClaimSet', () => {
  it('keeps the largest time of an id', () => {
    const set = new ClaimSet();
    for (const timeMs of [20, 30, 10]) add(set, 'a', timeMs);
    set.addEncoded(
      encodeClaims(
        listOf([
          ['b', 7],
          ['b', 8],
          ['a', 29],
        ]),
      ),
    );

    expect([timeOf(set, 'a'), timeOf(set, 'b'), timeOf(set, 'c')]).toEqual([30, 8, NO_TIME]);
    expect(set.size).toBe(2);
  });

  it('keeps the time of a first claim before 1970', () => {
    const set = new ClaimSet();
    add(set, 'a', -5);

    expect(timeOf(set, 'a')).toBe(-5);
  });

  it('grows over many ids, and holds more bytes then', () => {
    const set = new ClaimSet();
    const sizesBytes = [set.sizeBytes];
    for (let i = 0; i < 5_000; i++) add(set, `o${i}`, i + 1);
    sizesBytes.push(set.sizeBytes);

    expect([0, 1_023, 1_024, 2_047, 2_048, 4_999].map((i) => timeOf(set, `o${i}`))).toEqual([
      1, 1_024, 1_025, 2_048, 2_049, 5_000,
    ]);
    // 24 bytes for each of 1,024 and 8,192 claims, and room for ids.
    expect(sizesBytes[0]).toBe(24 * 1_024 + 8_192);
    expect(sizesBytes[1]).toBeGreaterThanOrEqual(24 * 8_192 + 5_000 * 2);
    expect(sizesBytes[1]).toBeLessThan(24 * 8_192 + 5_000 * 16);
  });

  it('forgets what is expired, and nothing else', () => {
    const set = new ClaimSet();
    for (let i = 0; i < 3_000; i++) add(set, `o${i}`, i);

    set.forgetThrough(1_600);

    expect(set.size).toBe(1_399);
    // 24 bytes for twice as many claims as are left, and room for ids.
    expect(set.sizeBytes).toBe(24 * 2 * 1_399 + 8_192);
    expect([1_599, 1_600, 1_601, 2_999].map((i) => timeOf(set, `o${i}`))).toEqual([
      NO_TIME,
      NO_TIME,
      1_601,
      2_999,
    ]);
    add(set, 'o5', 9);
    add(set, 'o1601', 4_000);
    for (let i = 3_000; i < 8_000; i++) add(set, `o${i}`, i);
    expect(['o5', 'o1601', 'o3000', 'o7999'].map((id) => timeOf(set, id))).toEqual([
      9, 4_000, 3_000, 7_999,
    ]);
  });

  it('forgets claims before 1970, and makes none up', () => {
    const set = new ClaimSet();
    for (let i = 0; i < 30; i++) add(set, `o${i}`, i - 30);

    set.forgetThrough(-15);

    expect(set.size).toBe(14);
    expect([15, 16, 29].map((i) => timeOf(set, `o${i}`))).toEqual([NO_TIME, -14, -1]);
  });

  it('copies no claims while most of them hold', () => {
    const set = new ClaimSet();
    for (let i = 0; i < 100; i++) add(set, `o${i}`, i);

    set.forgetThrough(48);
    expect(set.size).toBe(100);

    set.forgetThrough(49);
    expect(set.size).toBe(50);
  });
});
