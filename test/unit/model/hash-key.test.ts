import { expect, it } from 'vitest';
import { hashKeyOf } from '../../../lambdas/shared/model/hash-key.ts';

it('is the MD5 of the partition key as a number', () => {
  // RFC 1321, A.5.
  expect(hashKeyOf('')).toBe(0xd41d8cd98f00b204e9800998ecf8427en);
  expect(hashKeyOf('abc')).toBe(0x900150983cd24fb0d6963f7d28e17f72n);
});
