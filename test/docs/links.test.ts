import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/source-files.ts';
import { headingAnchors, linkTargets, markdownFiles, readText } from './markdown.ts';

describe.each(markdownFiles())('%s', (path) => {
  const targets = linkTargets(readText(path));
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));

  it('links to files that exist and headings that they have', () => {
    const broken = local.filter((target) => {
      const [file, anchor] = target.split('#');
      const linked = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(join(projectRoot, linked))) return true;
      return anchor !== undefined && !headingAnchors(readText(linked)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('links to other sites by https', () => {
    const foreign = targets.filter((target) => !local.includes(target));
    expect(foreign.filter((target) => !target.startsWith('https://'))).toEqual([]);
  });
});
