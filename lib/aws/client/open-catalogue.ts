import { GlueClient } from '@aws-sdk/client-glue';
import { GlueCatalogue } from '../../../lambdas/shared/adapters/aws/glue-catalogue.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { hasStack, regionOptions } from './find-deployment.ts';
import type { DeployedResources } from './open-deployment.ts';

/** Opens the catalogue of Athena's tables; null if it is not deployed, as on an emulator. */
export async function openCatalogue(
  { aws }: Config,
  { lake }: DeployedResources,
): Promise<GlueCatalogue | null> {
  if (!(await hasStack(`${aws.stackPrefix}Catalogue`))) return null;
  return new GlueCatalogue({
    client: new GlueClient(regionOptions()),
    database: aws.stackPrefix.toLowerCase(),
    bucket: lake.bucket,
  });
}
