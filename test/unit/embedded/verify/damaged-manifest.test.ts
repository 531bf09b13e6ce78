import { beforeEach, describe, expect, it } from 'vitest';
import { type PublishedLake, publishedLake, verified } from '../../../support/published-lake.ts';

const KEY = 'manifests/stream/00000002.json';

let published: PublishedLake;
beforeEach(async () => {
  published = await publishedLake();
});

/** What `verify` says of a manifest with this text; it has to be the one fault. */
async function faultOf(text: string): Promise<string> {
  await published.lake.put(KEY, Buffer.from(text));
  const { faults } = await verified(published.lake);
  expect(faults.map(({ key, code }) => [key, code])).toEqual([[KEY, 'manifest_damaged']]);
  return faults[0].message;
}

describe('a damaged manifest', () => {
  it.each([
    ['no JSON', 'is no JSON'],
    ['{}', 'is not a manifest of the stream door'],
    ['null', 'is not a manifest of the stream door'],
    ['{"kind":"stream"}', 'is damaged: epoch is missing, not a whole number of 0 or more'],
  ])('is one that holds %s', async (text, message) => {
    expect(await faultOf(text)).toBe(message);
  });

  it.each(['inputs', 'epoch_counts', 'tables', 'counts', 'previous', 'revenue'])(
    'is one without %s',
    async (name) => {
      const manifest = JSON.parse(Buffer.from(await published.lake.get(KEY)).toString());
      const { [name]: _, ...rest } = manifest;

      expect(await faultOf(JSON.stringify(rest))).toContain(`is damaged: ${name} is missing`);
    },
  );
});
