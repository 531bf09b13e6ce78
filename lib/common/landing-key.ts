import { basename, resolve, sep } from 'node:path';
import { LANDING_FOLDERS } from '../../lambdas/shared/model/dimension.ts';

/**
 * The key that a file has, or would have, in a landing zone: its place below the last `orders/`,
 * `customers/` or `products/` of its path, otherwise `orders/` and its name. Mappings match it.
 */
export function landingKeyOf(path: string): string {
  const full = resolve(path);
  const names = full.split(sep);
  const at = names.findLastIndex((name, index) => {
    return LANDING_FOLDERS.includes(name) && index < names.length - 1;
  });
  return at < 0 ? `orders/${basename(full)}` : names.slice(at).join('/');
}
