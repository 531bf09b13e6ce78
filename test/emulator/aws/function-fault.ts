import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { eventually } from '../deployment.ts';
import { endpointOf, runningEmulator } from '../running-emulator.ts';

/** Of a table that nobody made: each invocation fails before it has any effect. */
export const NO_TABLE = 'a-table-that-is-not-there';

const clock = new SystemClock();

/** Name of the function that a mapping calls. */
export async function functionOf(mappingId: string): Promise<string> {
  const command = new GetEventSourceMappingCommand({ UUID: mappingId });
  const { FunctionArn } = await new LambdaClient({}).send(command);
  return FunctionArn?.split(':').at(-1) ?? '';
}

/** The mapping that calls a function; it has one. */
export async function mappingOf(functionName: string): Promise<string> {
  const command = new ListEventSourceMappingsCommand({ FunctionName: functionName });
  const { EventSourceMappings: mappings = [] } = await new LambdaClient({}).send(command);
  if (mappings.length !== 1) throw new Error(`${functionName} has ${mappings.length} mappings`);
  return mappings[0].UUID ?? '';
}

/** A function, and a fault that is no part of its code. */
export class FunctionFault {
  readonly #functions = new LambdaClient({});
  readonly #functionName: string;
  #variables: Readonly<Record<string, string>> = {};

  constructor(functionName: string) {
    this.#functionName = functionName;
  }

  /** Of the function that a mapping calls. */
  static async ofMapping(mappingId: string): Promise<FunctionFault> {
    return new FunctionFault(await functionOf(mappingId));
  }

  /** From now on it fails. */
  async begin(): Promise<void> {
    const { Environment } = await this.#configuration();
    this.#variables = Environment?.Variables ?? {};
    await this.#setVariables({ ...this.#variables, STATE_TABLE: NO_TABLE });
  }

  async end(): Promise<void> {
    await this.#setVariables(this.#variables);
  }

  /**
   * Invocations that failed so far, as CloudWatch counts them. Asked for without its client: an
   * emulator looks at no signature, only for the service in it.
   */
  async failures(): Promise<number> {
    const response = await fetch(endpointOf(runningEmulator()), {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: new URLSearchParams({
        Action: 'GetMetricStatistics',
        Version: '2010-08-01',
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        'Dimensions.member.1.Name': 'FunctionName',
        'Dimensions.member.1.Value': this.#functionName,
        StartTime: new Date(clock.now() - 3_600_000).toISOString(),
        EndTime: new Date(clock.now() + 60_000).toISOString(),
        Period: '60',
        'Statistics.member.1': 'Sum',
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`CloudWatch answers ${response.status}: ${text}`);
    const sums = [...text.matchAll(/<Sum>([\d.]+)<\/Sum>/g)];
    return sums.reduce((total, [, sum]) => total + Number(sum), 0);
  }

  async #configuration() {
    const command = { FunctionName: this.#functionName };
    return await this.#functions.send(new GetFunctionConfigurationCommand(command));
  }

  async #setVariables(variables: Readonly<Record<string, string>>): Promise<void> {
    const command = { FunctionName: this.#functionName, Environment: { Variables: variables } };
    await this.#functions.send(new UpdateFunctionConfigurationCommand(command));
    await eventually('the function has its variables', async () =>
      (await this.#configuration()).LastUpdateStatus === 'Successful' ? true : null,
    );
  }
}
