import { parseArgs } from 'node:util';

export interface BenchArguments {
  readonly format: 'text' | 'json' | 'markdown';
  /** Fewer and smaller cases, for a look in a minute. */
  readonly isQuick: boolean;
  /** Cases by name; null: all. */
  readonly only: readonly string[] | null;
  /** Numbers of orders, ascending. */
  readonly sizes: readonly number[];
  /** Generates the input again instead of taking what an earlier run left. */
  readonly isFresh: boolean;
}

const SIZE = /^(\d{1,4})(k|M)?$/;
const UNIT = { k: 1_000, M: 1_000_000 } as const;

/** Throws with the flag, the value and what is allowed. */
export function parseBenchArguments(
  args: readonly string[],
  caseNames: readonly string[],
): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      sizes: { type: 'string' },
    },
  });
  for (const name of values.only ?? []) {
    if (!caseNames.includes(name)) {
      throw new RangeError(`--only is ${name}; allowed: ${caseNames.join(', ')}`);
    }
  }
  const sizes = values.sizes ?? (values.quick ? '10k,1M' : '10k,1M,10M');
  return {
    format: values.json ? 'json' : values.markdown ? 'markdown' : 'text',
    isQuick: values.quick,
    isFresh: values.fresh,
    only: values.only ?? null,
    sizes: parseSizes(sizes),
  };
}

/** `1M,10k` → 10,000 and 1,000,000: ascending. Throws with what is allowed. */
export function parseSizes(text: string): number[] {
  return text
    .split(',')
    .map(parseSize)
    .toSorted((a, b) => a - b);
}

function parseSize(text: string): number {
  const match = SIZE.exec(text);
  const size = match === null ? 0 : Number(match[1]) * (UNIT[match[2] as keyof typeof UNIT] ?? 1);
  if (size > 0) return size;
  throw new RangeError(`--sizes has ${text}; allowed: numbers of orders as 10k, 1M or 500`);
}

/** 10,000 → `10k`, as sizes stand in names of rows and folders. */
export function sizeName(orders: number): string {
  if (orders % UNIT.M === 0) return `${orders / UNIT.M}M`;
  return orders % UNIT.k === 0 ? `${orders / UNIT.k}k` : String(orders);
}
