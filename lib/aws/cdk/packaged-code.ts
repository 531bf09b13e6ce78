import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { UsageError } from '../../../lambdas/shared/model/errors.ts';
import type { FunctionName } from '../bundle/function-names.ts';
import { VERSION_FILE, writeSettings } from '../bundle/settings-file.ts';

/** In a package, and in a checkout after `npm run build:package`. */
const FOLDERS = ['../../../functions/', '../../../dist/functions/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/**
 * The bundles that the package brings, each with the config beside it. The same package and config
 * give the same assets. Throws `UsageError` `functions_not_built`.
 */
export function packagedCode(config: Config): (name: FunctionName) => Code {
  const folder = FOLDERS.find((path) => existsSync(join(path, VERSION_FILE)));
  if (folder === undefined) {
    const message = `no built functions in ${FOLDERS.join(' or ')}; in a checkout run: npm run build:package`;
    throw new UsageError('functions_not_built', message);
  }
  const codeVersion = readFileSync(join(folder, VERSION_FILE), 'utf8');
  return (name) => {
    const source = join(folder, name);
    const tryBundle = (outDir: string): boolean => {
      cpSync(source, outDir, { recursive: true });
      writeSettings(outDir, { config, codeVersion });
      return true;
    };
    return Code.fromAsset(source, {
      assetHashType: AssetHashType.OUTPUT,
      // The image is asked for by the type, and only used where `tryBundle` says no.
      bundling: { image: DockerImage.fromRegistry('none'), local: { tryBundle } },
    });
  };
}
