import { describe, expect, it } from 'vitest';
import { readText } from '../docs/markdown.ts';
import { templatesOf } from '../support/aws-stacks.ts';

const { storage, pipelines, operations, catalogue } = templatesOf();
const templates = [storage, pipelines, operations, catalogue].flatMap((template) =>
  template === null ? [] : [template],
);

/** Cells of each row of docs/limits.md, without heads. */
function rowsOfPage(): string[][] {
  const lines = readText('docs/limits.md')
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|\s*(limit\b|-)/.test(line));
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('the page of limits', () => {
  const rows = rowsOfPage();

  it('says of each limit what Tandem does, and which alarm tells of it', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const cells of rows) {
      expect(cells).toHaveLength(3);
      for (const cell of cells) expect(cell).not.toBe('');
    }
  });

  it('names no alarm that does not exist', () => {
    const alarms = Object.values(operations?.findResources('AWS::CloudWatch::Alarm') ?? {});
    const names = alarms.map(({ Properties }) => Properties.AlarmName.replace('Tandem-', ''));
    const named = rows.flatMap(([, , alarm]) => (alarm === '–' ? [] : [alarm]));
    expect(named.length).toBeGreaterThan(15);
    for (const name of named) expect(names).toContain(name);
  });

  it('names the source of each of its tables', () => {
    const chapters = readText('docs/limits.md').split('\n## ').slice(1);
    expect(chapters).toHaveLength(6);
    for (const chapter of chapters) expect(chapter.split('\n| limit')[0]).toMatch(/"[^"]+"/);
  });
});

describe('the stacks', () => {
  it('stay far from the 500 resources of CloudFormation', () => {
    for (const template of templates) {
      const { Resources: resources } = template.toJSON() as { Resources: object };
      expect(Object.keys(resources).length).toBeLessThan(250);
    }
  });

  it('stay far from the 10,240 characters of policies that a role may have', () => {
    const lengths = templates.flatMap((template) =>
      Object.values(template.findResources('AWS::IAM::Policy')).map(
        ({ Properties }) => JSON.stringify(Properties.PolicyDocument).length,
      ),
    );
    expect(Math.max(...lengths)).toBeLessThan(5_120);
  });
});
