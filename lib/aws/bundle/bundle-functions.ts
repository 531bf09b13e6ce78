import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { FUNCTION_FOLDERS, FUNCTION_NAMES, type FunctionName } from './function-names.ts';
import { VERSION_FILE, writeSettings } from './settings-file.ts';

const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** CommonJS, minified, starts fastest; error names are literals and survive it. */
export const BUNDLE_OPTIONS = {
  absWorkingDir: projectRoot,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': './lib/aws/bundle/environment-credentials.ts',
  },
  logLevel: 'error',
} as const satisfies BuildOptions;

/** The folder of each function's code. */
export type FunctionBundles = Readonly<Record<FunctionName, string>>;

/**
 * Bundles the code of all functions below `outDir`, each as one file and its source map. The same
 * sources give the same bytes and the same version, which is returned and written to
 * `VERSION_FILE`.
 */
export function bundleCode(outDir: string): string {
  rmSync(outDir, { recursive: true, force: true });
  const { outputFiles } = buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: FUNCTION_NAMES.map((name) => ({
      in: `lambdas/${FUNCTION_FOLDERS[name]}/handler.ts`,
      out: `${name}/index`,
    })),
    outdir: outDir,
    write: false,
  });
  const code = createHash('sha256');
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
    if (path.endsWith('.js')) code.update(contents);
  }
  const codeVersion = `${packageJson.version}+${code.digest('hex').slice(0, 12)}`;
  writeFileSync(join(outDir, VERSION_FILE), codeVersion);
  return codeVersion;
}

/**
 * Bundles all functions below `outDir` with their settings. The same sources and config give the
 * same bytes, so deploying them again changes nothing.
 */
export function bundleFunctions(outDir: string, config: Config): FunctionBundles {
  const codeVersion = bundleCode(outDir);
  const folders = FUNCTION_NAMES.map((name): [FunctionName, string] => {
    const folder = join(outDir, name);
    writeSettings(folder, { config, codeVersion });
    return [name, folder];
  });
  return Object.fromEntries(folders) as FunctionBundles;
}
