import { describe, expect, it } from 'vitest';
import { ELSEWHERE, TRIED, UNTRIED } from '../emulator/aws/runbook-chapters.ts';
import { templatesOf } from '../support/aws-stacks.ts';
import { commandsOf, runbookChapters } from '../support/runbook.ts';
import { readText } from './markdown.ts';

const { operations } = templatesOf();
const alarms = Object.values(operations?.findResources('AWS::CloudWatch::Alarm') ?? {}).map(
  ({ Properties }) => Properties.AlarmName.replace('Tandem-', '') as string,
);
const chapters = runbookChapters();
const followed: readonly string[] = Object.values(TRIED).flat();
const tried = [...followed, ...Object.keys(ELSEWHERE)];

describe('the runbook', () => {
  it('has commands for each alarm', () => {
    expect(alarms.length).toBeGreaterThan(20);
    expect(alarms.filter((name) => (chapters.get(name)?.commands ?? []).length === 0)).toEqual([]);
  });

  it('is followed on an emulator chapter by chapter, or says why that cannot be', () => {
    const withCommands = [...chapters.values()].filter(({ commands }) => commands.length > 0);
    const names = withCommands.map(({ name }) => name);
    const known = [...tried, ...Object.keys(UNTRIED)];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
    expect(tried.filter((name) => name in UNTRIED)).toEqual([]);
    expect(new Set(tried).size).toBe(tried.length);
  });

  it.each(Object.entries(ELSEWHERE))('has tests of %s that are there', (_, { file, tests }) => {
    const text = readText(file);
    expect(tests.filter((name) => !text.includes(`it('${name}'`))).toEqual([]);
  });

  it('names what is to be filled in, and nothing is left out', () => {
    expect(commandsOf('Restore', { KEY: 'raw/x' })[0]).toEqual([
      'npx',
      'tandem',
      'restore',
      'raw/x',
    ]);
    expect(() => commandsOf('Restore', {})).toThrow('nobody says what KEY is');
    expect(() => commandsOf('Nowhere', {})).toThrow('has no commands for Nowhere');
  });
});
