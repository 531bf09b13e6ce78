import { expect, it } from 'vitest';
import { circlesOf } from '../../support/room-circles.ts';

it('names a circle of rooms, and the imports that make it', () => {
  const file = (path: string, ...names: readonly string[]) => ({
    path,
    lines: names.map((name) => `import '${name}';`),
  });
  const files = [
    file('a/b/one.ts', '../c/two.ts'),
    file('a/c/two.ts', '../d.ts'),
    file('a/d.ts', './b/one.ts', './e/over.ts'),
    file('a/e/over.ts'),
    file('a/handler.ts', './b/one.ts'),
  ];
  expect(circlesOf(files, 'a')).toEqual([
    'a: b, c, d.ts import each other:\n' +
      '  a/b/one.ts imports a/c/two.ts\n' +
      '  a/c/two.ts imports a/d.ts\n' +
      '  a/d.ts imports a/b/one.ts',
  ]);
  expect(circlesOf(files.slice(1), 'a')).toEqual([]);
});
