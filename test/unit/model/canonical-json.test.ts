import { expect, it } from 'vitest';
import { canonicalJson } from '../../../lambdas/shared/model/canonical-json.ts';

it('sorts the keys of objects at every depth, and leaves lists as they are', () => {
  const value = { b: [2, 1, { d: null, c: 'x' }], ab: 1, a: { z: true, y: [] }, aa: null };

  expect(canonicalJson(value)).toBe(
    '{"a":{"y":[],"z":true},"aa":null,"ab":1,"b":[2,1,{"c":"x","d":null}]}',
  );
});

it('writes plain values as JSON does', () => {
  expect([null, 'a', 1, [3, 2]].map(canonicalJson)).toEqual(['null', '"a"', '1', '[3,2]']);
});
