import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { UsageError } from '../../../lambdas/shared/model/errors.ts';
import { ComparisonPipeline } from '../constructs/comparison-pipeline.ts';
import type { BatchDoor } from './batch-door.ts';
import type { StreamDoor } from './stream-door.ts';

export interface ReconciliationProps {
  /** Both doors must share one lake. The batch door's config applies. */
  readonly batch: BatchDoor;
  readonly stream: StreamDoor;
}

/**
 * Compares the tables of both doors after each batch run and every `aws.reconcileEvery` of the
 * config; writes reports to the lake, below `reports/reconcile/`.
 */
export class Reconciliation extends Construct {
  /** Invoked with `{}`, it compares now. */
  readonly reconcile: IFunction;
  /** @internal */
  readonly pipeline: ComparisonPipeline;

  /** Throws `UsageError` `lakes_differ`. */
  constructor(scope: Construct, id: string, { batch, stream }: ReconciliationProps) {
    super(scope, id);
    if (batch.lake.bucketArn !== stream.lake.bucketArn) {
      const message =
        'Reconciliation needs both doors on the same lake; give the stream door that of';
      throw new UsageError('lakes_differ', `${message} the batch door (lake: batch.lake)`);
    }
    this.pipeline = new ComparisonPipeline(this, 'Comparison', {
      ...batch.options,
      storage: stream.storage,
      stateMachine: batch.stateMachine,
    });
    this.reconcile = this.pipeline.reconcile.function;
  }
}
