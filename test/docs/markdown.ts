import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/source-files.ts';

/** Every Markdown file of the project, by its path from the root. */
export function markdownFiles(): string[] {
  const top = readdirSync(projectRoot).filter((name) => name.endsWith('.md'));
  const below = ['docs', 'data/sample', 'data/shop-export', 'data/complete-journey'].flatMap(
    (folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  return [...top, ...below].sort();
}

export function readText(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

export interface CodeBlock {
  readonly language: string;
  readonly lines: readonly string[];
}

/** The fenced blocks of a page, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({
    language,
    lines: body.split('\n').slice(0, -1),
  }));
}

/** Targets of the links of a page: `[text](target)`, code left out. */
export function linkTargets(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '``');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function headingAnchors(markdown: string): Set<string> {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '');
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, text]) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- _]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
