import { describe, expect, it } from 'vitest';
import { differingLines, mergeInput } from '../../../../lib/embedded/init/merge-config.ts';
import { withComment, yamlValue } from '../../../../lib/embedded/init/yaml-text.ts';

const BLOCK = 'input:\n  - match: orders/**\n';

describe('the input of a config', () => {
  it.each([
    ['is all of an empty one', '', BLOCK],
    ['comes after other keys', 'paths:\n  lake: x', `paths:\n  lake: x\n\n${BLOCK}`],
    ['comes after mere comments', '# mine\n', `# mine\n\n${BLOCK}`],
    [
      'takes the place of another one, and of nothing else',
      '# a\ninput:\n- match: events\n  # old\n\n# of rules\nrules: {keep: last} # b\n',
      `# a\n${BLOCK}\n# of rules\nrules: {keep: last} # b\n`,
    ],
    ['takes the place of a last one', 'a: 1\ninput: []', `a: 1\n${BLOCK}`],
    ['is there already', `a: 1\n${BLOCK}`, `a: 1\n${BLOCK}`],
  ])('%s', (_, config, merged) => {
    expect(mergeInput(config, BLOCK)).toBe(merged);
  });

  it.each(['a: [', '- 1', '{a: 1}', 'text'])('is not put into %j', (config) => {
    expect(mergeInput(config, BLOCK)).toBeNull();
  });
});

it('only lines that differ are shown', () => {
  expect(differingLines('a\nb\nc\n', 'a\nx\ny\nc\n')).toEqual(['- b', '+ x', '+ y']);
  expect(differingLines('a\n', 'a\n')).toEqual([]);
});

it('values are quoted where YAML needs it', () => {
  const value = { from: ['Order ID', '#1', 'no', '12'], groupChar: '\u00a0', per: null };
  expect(yamlValue(value)).toBe(
    '{from: [Order ID, "#1", "no", "12"], groupChar: "\\u00a0", per: null}',
  );
  expect(withComment('a: 1', 'two\nlines')).toBe('a: 1 # two lines');
});
