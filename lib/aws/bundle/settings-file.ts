import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DeployedSettings,
  SETTINGS_FILE,
} from '../../../lambdas/shared/runtime/function-settings.ts';

/** Beside the folders of bundled functions: the version of their code. */
export const VERSION_FILE = 'code-version.txt';

/** Beside the code of a function, which reads it when it starts. */
export function writeSettings(folder: string, settings: DeployedSettings): void {
  writeFileSync(join(folder, SETTINGS_FILE), JSON.stringify(settings));
}
