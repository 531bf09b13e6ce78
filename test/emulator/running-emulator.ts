import type { ClientOptions } from '../../lambdas/shared/adapters/aws/clients.ts';
export type EmulatorName = 'ministack' | 'localstack';
export function runningEmulator(): { name: EmulatorName; client: ClientOptions } {
  return {
    name: process.env.EMU as EmulatorName,
    client: { region: 'us-east-1', endpoint: process.env.EP! },
  };
}
