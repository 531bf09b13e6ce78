import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, parseConfig } from '../../lambdas/shared/model/config.ts';
import type { DeployedSettings } from '../../lambdas/shared/runtime/function-settings.ts';
import { bundleFunctions } from '../../lib/aws/bundle/bundle-functions.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/aws/bundle/function-names.ts';

const folder = mkdtempSync(join(tmpdir(), 'tandem-bundles-'));
const bundles = bundleFunctions(join(folder, 'first'), DEFAULT_CONFIG);

afterAll(() => rmSync(folder, { recursive: true }));

const codeOf = (name: FunctionName, from = bundles) =>
  readFileSync(join(from[name], 'index.js'), 'utf8');

const settingsOf = (name: FunctionName, from = bundles): DeployedSettings =>
  JSON.parse(readFileSync(join(from[name], 'settings.json'), 'utf8'));

describe('the code of a function', () => {
  it('is the same for the same sources, so that deploying again changes nothing', () => {
    const again = bundleFunctions(join(folder, 'again'), DEFAULT_CONFIG);
    for (const name of FUNCTION_NAMES) {
      expect(codeOf(name, again)).toBe(codeOf(name));
      expect(settingsOf(name, again)).toEqual(settingsOf(name));
    }
  });

  it('comes with the config as deployed, and one version for all functions', () => {
    const config = parseConfig({ windows: { length: '5m' } });
    const other = bundleFunctions(join(folder, 'other'), config);
    const versions = FUNCTION_NAMES.map((name) => settingsOf(name, other).codeVersion);

    expect(settingsOf('mapChunk', other).config).toEqual(config);
    expect(new Set(versions).size).toBe(1);
    expect(versions[0]).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/);
  });

  it('holds the clients that it needs, and no others', () => {
    expect(codeOf('startRun')).toContain('StartExecution');
    expect(codeOf('mapChunk')).not.toContain('TransactWriteItems');
    expect(codeOf('mapChunk')).not.toContain('GetShardIterator');
    expect(codeOf('consumeOrders')).toContain('TransactWriteItems');
    expect(codeOf('consumeOrders')).not.toContain('BatchCreatePartition');
    expect(codeOf('registerTables')).toContain('BatchCreatePartition');
  });

  it('looks for credentials in its environment only', () => {
    for (const name of FUNCTION_NAMES) {
      expect(codeOf(name)).not.toContain('credentials from SSO');
      expect(codeOf(name).length).toBeLessThan(800_000);
    }
  });

  it('keeps the names of errors, which Step Functions goes by', () => {
    for (const name of ['RetryableError', 'TerminalError']) {
      expect(codeOf('reduceBucket')).toContain(`name="${name}"`);
    }
  });
});
