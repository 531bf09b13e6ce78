import { describe, expect, it } from 'vitest';
import { figureRow } from '../../bench/harness/bench-row.ts';
import { formatMarkdown } from '../../bench/harness/report.ts';

describe('formatMarkdown', () => {
  it('leaves the cells of a single figure empty beside its value', () => {
    const row = figureRow('scaling', 10_199_768, { value: 9.8765, unit: 'x', rounds: 3 });

    const lines = formatMarkdown([row]).split('\n');

    expect(lines.slice(2)).toEqual([
      '| case | rows | peer | wall s | cpu s | MB | peer wall s | peer cpu s | peer MB | cpu ratio | wall ratio | value | rounds | wall s, min to max |',
      '| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
      '| scaling | 10,199,768 |  |  |  |  |  |  |  |  |  | 9.877 x | 3 |  |',
      '',
    ]);
  });
});
