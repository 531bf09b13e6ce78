import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type EmulatorExceptions, EXCEPTIONS } from '../emulator/exceptions.ts';
import { projectRoot } from '../support/source-files.ts';

const page = readFileSync(join(projectRoot, 'docs/localstack.md'), 'utf8');

/** The cells of the rows below a heading, up to the next one. */
function rowsBelow(heading: string): string[] {
  const section = page.split(`### ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
        .join(' | '),
    );
}

function rowsOf(exceptions: EmulatorExceptions): string[] {
  return Object.entries(exceptions).flatMap(([port, facts]) =>
    Object.entries(facts).map(([fact, reason]) => `${port} | ${fact} | ${reason}`),
  );
}

it('lists what each emulator does not keep of the promises, and nothing else', () => {
  expect(rowsBelow('MiniStack')).toEqual(rowsOf(EXCEPTIONS.ministack));
  expect(rowsBelow('LocalStack')).toEqual(rowsOf(EXCEPTIONS.localstack));
});
