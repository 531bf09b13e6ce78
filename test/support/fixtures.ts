import { readFileSync } from 'node:fs';

/** An event as AWS documents it: `test/fixtures/aws/manifest.json` says where. */
export function awsFixture<T>(name: string): T {
  const url = new URL(`../fixtures/aws/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}
