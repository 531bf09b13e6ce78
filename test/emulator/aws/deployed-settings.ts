import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { makeKinesisClient } from '../../../lambdas/shared/adapters/aws/clients.ts';

/** MiB of a function, by its name. */
export async function memoryOf(functionName: string): Promise<number | undefined> {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  return (await new LambdaClient({}).send(command)).MemorySize;
}

/** How long a stream keeps its records. */
export async function retentionHoursOf(streamName: string): Promise<number | undefined> {
  const command = new DescribeStreamSummaryCommand({ StreamName: streamName });
  const { StreamDescriptionSummary: summary } = await makeKinesisClient().send(command);
  return summary?.RetentionPeriodHours;
}
