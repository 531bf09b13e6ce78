/** One position of a bill. US dollars. */
export interface CostLine {
  readonly service: string;
  readonly what: string;
  readonly cost: number;
}

/** Sum of a bill's lines, in US dollars. */
export function totalOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { cost }) => sum + cost, 0);
}
