import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  resourceTexts,
  type Statement,
  statementsByRole,
  templatesOf,
} from '../support/aws-stacks.ts';

const { pipelines } = templatesOf();
const byRole = statementsByRole(pipelines);

function rolesThat(isMet: (statement: Statement) => boolean): string[] {
  return [...byRole].flatMap(([role, statements]) => (statements.some(isMet) ? [role] : [])).sort();
}

const can = (action: string, resource: RegExp) => (statement: Statement) =>
  actionsOf(statement).includes(action) &&
  resourceTexts(statement).some((text) => resource.test(text));

describe('roles', () => {
  it('are one for each function, without policies that AWS writes', () => {
    const functions = Object.values(pipelines.findResources('AWS::Lambda::Function'));
    const roles = functions.map(({ Properties }) => Properties.Role['Fn::GetAtt'][0]);
    expect(functions).toHaveLength(15);
    expect(new Set(roles).size).toBe(15);
    for (const role of Object.values(pipelines.findResources('AWS::IAM::Role'))) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('name every action', () => {
    const actions = [...byRole.values()].flat().flatMap(actionsOf);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('name what they are for; delivery of logs and traces, and the quota, have no resource', () => {
    const open = [...byRole].flatMap(([role, statements]) =>
      statements
        .filter((statement) => resourceTexts(statement).includes('*'))
        .flatMap((statement) => actionsOf(statement).map((action) => `${role} ${action}`)),
    );
    const others = open.filter((text) => !/ (logs:\w+|xray:\w+)$/.test(text));
    expect(others).toEqual(['planRun lambda:GetAccountSettings']);
    const withLogs = open.filter((text) => text.includes(' logs:'));
    expect(new Set(withLogs.map((text) => text.split(' ')[0])).size).toBe(1);
  });

  it('let functions of the batch door read orders, and only those that need them', () => {
    expect(rolesThat(can('s3:GetObject', /Landing.*orders/))).toEqual([
      'mapChunk',
      'planRun',
      'publishRun',
      'reduceBucket',
    ]);
  });

  it('let nobody write into landing', () => {
    expect(rolesThat(can('s3:PutObject', /Landing/))).toEqual([]);
    expect(rolesThat(can('s3:DeleteObject', /Landing/))).toEqual([]);
  });

  it('let whoever writes an object look at it: S3 tells a lost answer no other way', () => {
    for (const statement of [...byRole.values()].flat()) {
      const actions = actionsOf(statement);
      if (actions.includes('s3:PutObject')) expect(actions).toContain('s3:GetObject');
    }
  });

  it('let only what cleans up delete objects', () => {
    expect(rolesThat((statement) => actionsOf(statement).includes('s3:DeleteObject'))).toEqual([
      'drain',
      'endRun',
      'publishEpoch',
      'publishRun',
      'reconcile',
      'redrive',
      'replay',
    ]);
  });

  it('let the consumer leave what was given up in the failures bucket: Lambda writes as it', () => {
    expect(rolesThat(can('s3:PutObject', /Failures.*aws\/lambda/))).toEqual(['consumeOrders']);
    expect(rolesThat(can('s3:ListBucket', /Failures/))).toContain('consumeOrders');
    expect(rolesThat(can('s3:DeleteObject', /Failures/))).toEqual(['redrive']);
  });

  it('let the consumer read plans: a shard without known parents begins with what they say', () => {
    expect(rolesThat(can('s3:GetObject', /state\/stream\/plans\/\*/))).toEqual(['consumeOrders']);
  });

  it('keep the manifests of each door to those that publish it', () => {
    expect(rolesThat(can('s3:PutObject', /manifests\/batch/))).toEqual(['publishRun']);
    expect(rolesThat(can('s3:PutObject', /manifests\/stream/))).toEqual(['drain', 'publishEpoch']);
    expect(rolesThat(can('s3:PutObject', /raw\/stream/))).toEqual([
      'consumeOrders',
      'drain',
      'redrive',
    ]);
  });

  it('let a comparison read both doors, and write nothing but its report and what it spills', () => {
    const keysWith = (action: string) =>
      byRole
        .get('reconcile')
        ?.filter((statement) => actionsOf(statement).includes(action))
        .flatMap(resourceTexts)
        .map((text) => /\/([\w/-]+\*)/.exec(text)?.[1])
        .sort();
    expect(keysWith('s3:PutObject')).toEqual([
      'reports/reconcile/*',
      'state/reconcile/*',
      'work/reconcile-*',
    ]);
    expect(keysWith('s3:DeleteObject')).toEqual(['work/reconcile-*']);
    expect(keysWith('s3:GetObject')).toEqual([
      'manifests/batch/*',
      'manifests/stream/*',
      'reports/reconcile/*',
      'state/reconcile/*',
      'tables/batch/*',
      'tables/stream/*',
      'work/reconcile-*',
    ]);
  });

  it('keep the state of the two doors apart by the key of the items', () => {
    const keys = (role: string) =>
      byRole.get(role)?.flatMap(({ Condition: condition }) => condition ?? []);
    const leading = (key: string) => [
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [key] } },
    ];
    expect(keys('startRun')).toEqual(leading('batch#STARTER'));
    expect(keys('consumeOrders')).toEqual(leading('default/orders#*'));
    expect(keys('planRun')).toEqual([]);
  });

  it('let replays read the archive, and change nothing of the default consumer', () => {
    const statements = byRole.get('replay') ?? [];
    const written = statements
      .filter((statement) =>
        actionsOf(statement).some((action) => /s3:(Put|Delete)Object/.test(action)),
      )
      .flatMap(resourceTexts);
    expect(written.map((text) => /\/([\w/*-]+)/.exec(text)?.[1])).toEqual([
      'consumers/*',
      'consumers/*',
    ]);
    const keys = (key: string) => ({ 'dynamodb:LeadingKeys': [key] });
    expect(statements.flatMap(({ Condition: condition }) => condition ?? [])).toEqual([
      {
        'ForAllValues:StringLike': keys('*/orders#*'),
        'ForAllValues:StringNotLike': keys('default/*'),
      },
    ]);
  });

  it('let the starter start this state machine, and nothing else', () => {
    expect(rolesThat(can('states:StartExecution', /stateMachine:Tandem-batch/))).toEqual([
      'startRun',
    ]);
  });
});
