import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { STSClient } from '@aws-sdk/client-sts';
import { type FinderClients, NEEDED_OUTPUTS } from '../../lib/aws/client/find-deployment.ts';
import { type ScriptedAnswer, type StubAnswer, StubbedAws } from './stubbed-aws.ts';

/** An answer to DescribeStacks. */
export function stackAnswer(outputs: Readonly<Record<string, string>>): StubAnswer {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const stack = `<StackName>s</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs>`;
  return queryAnswer(
    'DescribeStacks',
    `<DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult>`,
  );
}

/** Both stacks with all outputs, each with its name as value; some may be left out. */
export function bothStacks(without?: string): StubAnswer[] {
  return Object.values(NEEDED_OUTPUTS).map((names: readonly string[]) =>
    stackAnswer(Object.fromEntries(names.filter((n) => n !== without).map((n) => [n, `the-${n}`]))),
  );
}

export function queryAnswer(action: string, result: string): StubAnswer {
  const headers = { 'content-type': 'text/xml' };
  return { status: 200, headers, body: `<${action}Response>${result}</${action}Response>` };
}

/** An error as CloudFormation and STS answer it. */
export function queryError(code: string, message: string, status = 400): StubAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse>${error}</ErrorResponse>`,
  };
}

/** Stacks and identity answer by one script, in the order in which they are asked. */
export function finderClients(
  script: readonly ScriptedAnswer[],
  endpoint?: string,
): FinderClients & { readonly aws: StubbedAws } {
  const aws = new StubbedAws(script);
  return {
    aws,
    stacks: new CloudFormationClient(aws.config),
    identity: new STSClient(aws.config),
    endpoint,
  };
}
