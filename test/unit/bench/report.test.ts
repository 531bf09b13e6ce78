import { describe, expect, it } from 'vitest';
import { figureRow } from '../../bench/harness/bench-row.ts';
import { formatMarkdown } from '../../bench/harness/report.ts';

describe('formatMarkdown', () => {
  it('leaves the cells of a single figure empty beside its value', () => {
    const row = figureRow('scaling', 10_199_768, { value: 9.8765, unit: 'x', rounds: 3 });

    const lines = formatMarkdown([row]).split('\n');

    expect(lines[2]).toMatch(/^\| case \| rows \| peer \| wall s \| .* \| wall s, min to max \|$/);
    expect(lines[3]).toMatch(/^\| --- \| ---: \| --- (\| ---: ){10}\| --- \|$/);
    expect(lines.slice(4)).toEqual([
      '| scaling | 10,199,768 |  |  |  |  |  |  |  |  |  | 9.877 x | 3 |  |',
      '',
    ]);
  });
});
