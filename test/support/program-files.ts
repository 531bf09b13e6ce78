import { join, relative, sep } from 'node:path';
import type { Node } from 'typescript/unstable/ast';
import {
  isArrowFunction,
  isCallExpression,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isMethodDeclaration,
  isNoSubstitutionTemplateLiteral,
  isRegularExpressionLiteral,
  isStringLiteral,
  isTemplateExpression,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';
import { projectRoot } from './source-files.ts';

/** A TypeScript file as the compiler sees it. */
export interface ProgramFile {
  readonly path: string;
  readonly functions: readonly FunctionLength[];
  /** Literal text (strings, templates, patterns): `[start, end)` in the file's text. */
  readonly texts: readonly { readonly start: number; readonly end: number }[];
  readonly text: string;
}

export interface FunctionLength {
  readonly line: number;
  readonly lineCount: number;
}

/** Every file that `tsc` checks. */
export function readProgram(): ProgramFile[] {
  const api = new API({ cwd: projectRoot });
  try {
    const config = join(projectRoot, 'tsconfig.json');
    const program = api.updateSnapshot({ openProject: config }).getProject(config)?.program;
    if (program === undefined) throw new Error(`the compiler does not open ${config}`);
    const names = program.getSourceFileNames().filter((name) => !name.includes('/node_modules/'));
    return names.map((name) => {
      const file = program.getSourceFile(name);
      if (file === undefined) throw new Error(`the compiler does not read ${name}`);
      return factsOf(file, file.text, relative(projectRoot, name).split(sep).join('/'));
    });
  } finally {
    api.close();
  }
}

function factsOf(root: Node, text: string, path: string): ProgramFile {
  const functions: FunctionLength[] = [];
  const texts: { start: number; end: number }[] = [];
  const lineAt = (position: number): number => text.slice(0, position).split('\n').length;
  const visit = (node: Node, isGroup: boolean): void => {
    if (isText(node)) texts.push({ start: startOf(node, text), end: node.end });
    if (isFunction(node) && !isGroup) {
      const line = lineAt(startOf(node, text));
      functions.push({ line, lineCount: lineAt(node.end) - line + 1 });
    }
    const isDescribe =
      isCallExpression(node) &&
      isIdentifier(node.expression) &&
      node.expression.text === 'describe';
    node.forEachChild((child) => {
      visit(child, isDescribe);
    });
  };
  visit(root, false);
  return { path, functions, texts, text };
}

/** `pos` of a node includes the white space and comments before it. */
function startOf(node: Node, text: string): number {
  const whole = text.slice(node.pos, node.end);
  return node.end - whole.replace(/^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/, '').length;
}

function isText(node: Node): boolean {
  return (
    isStringLiteral(node) ||
    isNoSubstitutionTemplateLiteral(node) ||
    isTemplateExpression(node) ||
    isRegularExpressionLiteral(node)
  );
}

/** Groups of tests (the argument of `describe`) are told apart by the caller. */
function isFunction(node: Node): boolean {
  return (
    isFunctionDeclaration(node) ||
    isFunctionExpression(node) ||
    isArrowFunction(node) ||
    isMethodDeclaration(node) ||
    isConstructorDeclaration(node)
  );
}
