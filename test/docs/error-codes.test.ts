import { expect, it } from 'vitest';
import { isCode, isTest, readProject } from '../support/source-files.ts';
import { readText } from './markdown.ts';

/** `new TerminalError('code', …)`, also where the code stands on a line of its own. */
const THROWN = /new (?:TerminalError|UsageError)\(\s*'(\w+)'/g;

it('documents every error code that the program throws', () => {
  const pages = `${readText('docs/contract.md')}${readText('docs/contract-readings.md')}`;
  const product = readProject().filter((file) => isCode(file) && !isTest(file));
  const codes = product.flatMap(({ lines }) =>
    [...lines.join('\n').matchAll(THROWN)].map(([, code]) => code),
  );

  expect(codes.length).toBeGreaterThan(30);
  expect([...new Set(codes)].filter((code) => !pages.includes(`\`${code}\``))).toEqual([]);
});
