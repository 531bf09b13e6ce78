import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../run/aws-batch-host.ts';
import { createMergeStep } from './merge-step.ts';

export const handler = lambdaHandler(() => createMergeStep(awsBatchHost().host));
