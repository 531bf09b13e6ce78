import { describe, expect, it } from 'vitest';
import { parseBenchArguments, sizeName } from '../../bench/harness/bench-arguments.ts';

const CASES = ['csv_parse', 'batch'];

describe('parseBenchArguments', () => {
  it('runs everything at three sizes without flags', () => {
    expect(parseBenchArguments([], CASES)).toEqual({
      format: 'text',
      isQuick: false,
      isFresh: false,
      only: null,
      sizes: [10_000, 1_000_000, 10_000_000],
    });
  });

  it('leaves out the largest size with --quick', () => {
    expect(parseBenchArguments(['--quick'], CASES).sizes).toEqual([10_000, 1_000_000]);
  });

  it('reads sizes in any order and gives them ascending', () => {
    expect(parseBenchArguments(['--sizes', '2M,500,10k'], CASES).sizes).toEqual([
      500, 10_000, 2_000_000,
    ]);
  });

  it('takes several cases', () => {
    const { only } = parseBenchArguments(['--only', 'batch', '--only', 'csv_parse'], CASES);

    expect(only).toEqual(['batch', 'csv_parse']);
  });

  it('fails when a case is unknown, and names those that exist', () => {
    expect(() => parseBenchArguments(['--only', 'csv'], CASES)).toThrow(
      '--only is csv; allowed: csv_parse, batch',
    );
  });

  it.each(['', '0', '1G', '-1', '1.5M'])('fails when a size is "%s"', (size) => {
    expect(() => parseBenchArguments([`--sizes=${size}`], CASES)).toThrow(`--sizes has ${size}`);
  });

  it('fails when a flag is unknown', () => {
    expect(() => parseBenchArguments(['--quik'], CASES)).toThrow('--quik');
  });
});

describe('sizeName', () => {
  it('uses the largest unit that divides the number', () => {
    expect([10_000, 1_000_000, 1_500_000, 1_234].map(sizeName)).toEqual([
      '10k',
      '1M',
      '1500k',
      '1234',
    ]);
  });
});
