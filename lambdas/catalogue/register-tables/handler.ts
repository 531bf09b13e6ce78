import { bucketStore, glueCatalogue } from '../../shared/adapters/aws/function-ports.ts';
import { SystemClock } from '../../shared/runtime/clock.ts';
import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { SystemRandomness } from '../../shared/runtime/randomness.ts';
import { registerTables } from './register-tables.ts';

export const handler = lambdaHandler(() => {
  const ports = { clock: new SystemClock(), randomness: new SystemRandomness() };
  const lake = bucketStore('LAKE_BUCKET', ports);
  const catalogue = glueCatalogue();
  return async (_event: unknown) => await registerTables(lake, catalogue);
});
