import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DeployedSettings,
  SETTINGS_FILE,
} from '../../../lambdas/shared/runtime/function-settings.ts';

/** Next to the folders of bundled functions: the version of their code. */
export const VERSION_FILE = 'code-version.txt';

/** Writes the settings into the folder of a function's code, which reads them when it starts. */
export function writeSettings(folder: string, settings: DeployedSettings): void {
  writeFileSync(join(folder, SETTINGS_FILE), JSON.stringify(settings));
}
