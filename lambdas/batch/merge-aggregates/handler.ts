import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../aws-host.ts';
import { createMergeStep } from './merge-step.ts';

export const handler = lambdaHandler(() => createMergeStep(awsBatchHost().host));
