import { describe, expect, it } from 'vitest';
import { deployedText, progressOf } from '../../emulator/deploy-screen.ts';

describe('the screen of local:deploy', () => {
  it.each([
    [' ✅  TandemStorage', 'TandemStorage is deployed'],
    [' ✅  TandemStorage (no changes)', 'TandemStorage no changes'],
    ['✨  Synthesis time: 4.2s', 'templates are made, in 4.2 s'],
    [' ✅  Environment aws://000000000000/us-east-1 bootstrapped.', null],
    ['TandemStorage | 3/18 | 12:00:00 | CREATE_COMPLETE | AWS::S3::Bucket', null],
  ])('tells of %s: %s', (line, expected) => {
    expect(progressOf(line)).toBe(expected);
  });

  it('ends with what is deployed, and what to do next', () => {
    const outputs = {
      LocalStorage: {
        LakeBucket: 'lake-1',
        ExportsOutputRefLake1: 'lake-1',
        StateTable: 'state-1',
      },
      LocalPipelines: { ExportsOutputFn: 'arn' },
    };
    expect(deployedText(outputs, ['npm run local:smoke'])).toBe(
      'LocalStorage\n  LakeBucket  lake-1\n  StateTable  state-1\n\nnext\n  npm run local:smoke\n',
    );
  });
});
