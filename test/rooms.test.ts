import { describe, expect, it } from 'vitest';
import { circlesOf } from './support/room-circles.ts';
import { importsOf, isCode, isTest, loadedWith, readProject } from './support/source-files.ts';

const files = readProject();
const product = files.filter(isCode).filter((file) => !isTest(file));

describe('imports', () => {
  /** By room, from the bottom up: the rooms that it may import. */
  const BELOW: Readonly<Record<string, readonly string[]>> = {
    model: [],
    rules: ['model'],
    ports: ['model'],
    runtime: ['model', 'ports'],
    adapters: ['model', 'ports', 'runtime'],
    kernels: ['model'],
    bytes: ['model', 'runtime', 'kernels'],
    parquet: ['model', 'ports', 'runtime', 'kernels', 'bytes'],
    ingest: ['model', 'ports', 'runtime', 'kernels', 'bytes'],
    dimensions: ['model', 'ports', 'runtime', 'bytes', 'ingest'],
    rows: [
      'model',
      'rules',
      'ports',
      'runtime',
      'kernels',
      'bytes',
      'ingest',
      'parquet',
      'dimensions',
    ],
    revenue: ['model', 'runtime', 'kernels', 'bytes', 'dimensions', 'rows'],
    state: ['model', 'rules', 'ports', 'runtime', 'bytes', 'ingest', 'parquet', 'revenue'],
  };
  const SHARED = Object.keys(BELOW);
  const PURE = SHARED.filter((room) => room !== 'adapters');
  const DOORS: Readonly<Record<string, readonly string[]>> = {
    batch: PURE,
    stream: PURE,
    reconcile: PURE,
    catalogue: PURE,
    // A handler, or what handlers share, is where a stage and the adapters meet.
    handler: [...SHARED, 'batch', 'stream', 'reconcile', 'catalogue'],
    lib: [...SHARED, 'batch', 'stream', 'reconcile', 'catalogue', 'handler'],
    bin: [...SHARED, 'batch', 'stream', 'reconcile', 'catalogue', 'handler', 'lib'],
  };

  function roomOf(path: string): string {
    const [top, door, room] = path.split('/');
    if (top !== 'lambdas') return top;
    if (/\/(handler|aws-batch-host|open-aws-stream|aws-writers)[.]ts$/.test(path)) return 'handler';
    return door === 'shared' ? room : door;
  }

  function isAllowed(from: string, to: string): boolean {
    if (to === 'lambdas/shared/model/errors.ts') return true;
    const room = roomOf(from);
    const target = roomOf(to);
    return room === target || (BELOW[room] ?? DOORS[room] ?? []).includes(target);
  }

  it('points one way: bin, lib, doors, shared, model', () => {
    const wrong = product
      .filter((file) => /^(bin|lib|lambdas)\//.test(file.path))
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => /^(bin|lib|lambdas|test|config)\//.test(name))
          .filter((name) => !isAllowed(file.path, name))
          .map((name) => `${file.path} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it.each([
    'lambdas',
    'lambdas/shared',
    'lambdas/batch',
    'lambdas/stream',
    'lambdas/stream/publish',
    'lambdas/stream/operate',
    'lambdas/reconcile',
    'lib',
    'lib/aws',
    'lib/aws/constructs',
    'lib/common',
    'lib/embedded',
    'bin',
  ])('has no circle of rooms in %s', (root) => {
    expect(product.filter((file) => file.path.startsWith(`${root}/`)).length).toBeGreaterThan(1);
    expect(circlesOf(product, root)).toEqual([]);
  });

  it('knows AWS only where AWS is met', () => {
    const AWS = /^(@aws-|aws-|constructs$|cdk-)/;
    const MEETS_AWS =
      /^(lib\/aws\/|examples\/|bin\/app[.]ts|lambdas\/shared\/(adapters\/aws|runtime)\/|lambdas\/.*\/handler[.]ts)/;
    const wrong = product
      .filter((file) => !MEETS_AWS.test(file.path))
      .flatMap((file) => importsOf(file).map((name) => ({ path: file.path, name })))
      .filter(({ name }) => AWS.test(name));
    expect(wrong).toEqual([]);
  });

  // An app is synthesised on Node 20, which has no zstd; its functions run on Node 24.
  it('loads with tandem/cdk nothing that only the functions run on', () => {
    const loaded = [...loadedWith(product, 'lib/aws/cdk.ts')];
    expect(loaded).toContain('lambdas/shared/model/config.ts');
    const ALLOWED = ['node:fs', 'node:path', 'node:url'];
    expect(loaded.filter((name) => name.startsWith('node:')).sort()).toEqual(ALLOWED);
    expect(loaded.filter((name) => /^@(aws-sdk|smithy)\//.test(name))).toEqual([]);
  });

  it('has no test code in the product', () => {
    const wrong = product.filter((file) => importsOf(file).some((name) => /^test\//.test(name)));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });
});
