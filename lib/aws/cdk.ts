/** `tandem/cdk`: both doors as constructs for your own stacks (README, "As a library"). */
export type { FunctionName } from './bundle/function-names.ts';
export { Alarms, type AlarmsProps } from './cdk/alarms.ts';
export { BatchDoor, type BatchDoorProps } from './cdk/batch-door.ts';
export type { TandemOptions } from './cdk/options.ts';
export { Reconciliation, type ReconciliationProps } from './cdk/reconciliation.ts';
export { StreamDoor, type StreamDoorProps } from './cdk/stream-door.ts';
export { Tandem, type TandemProps } from './cdk/tandem.ts';
export type { TandemConfig } from './cdk/tandem-config.ts';
export type { AnyBucket, AnyTable } from './constructs/resources.ts';
