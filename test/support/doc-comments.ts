import type { SourceFile } from './source-files.ts';

const FUNCTION = /^export (?:async )?function\b\*? *(\w+)/;
const CONSTANT = /^export const (\w+)[^=]* = (?:async |function\b|\(|<|\w+ =>)/;

/** True for product code but for what is generated or AssemblyScript. */
export function isWrittenByHand({ path }: SourceFile): boolean {
  return (
    /^(?:bin|lib|lambdas)\//.test(path) && !/(?:-code|[.]d)[.]ts$|\/kernels\/assembly\//.test(path)
  );
}

/**
 * `path:line: name` of each exported function, declared or as a constant, without a doc comment in
 * the lines directly before it. Goes by the text as the linter formats it: a declaration starts its
 * line, and an undocumented one cannot hide in another's comment.
 */
export function undocumentedFunctions({ path, lines }: SourceFile): string[] {
  return lines.flatMap((line, i) => {
    const name = FUNCTION.exec(line)?.[1] ?? functionConstant(lines, i);
    return name === undefined || hasDoc(lines, i) ? [] : [`${path}:${i + 1}: ${name}`];
  });
}

/** The name of the constant that starts at a line, if its value is a function. */
function functionConstant(lines: readonly string[], start: number): string | undefined {
  const name = CONSTANT.exec(lines[start])?.[1];
  if (name === undefined) return undefined;
  const end = lines.findIndex((line, i) => i >= start && line.endsWith(';'));
  return /=>|\bfunction\b/.test(lines.slice(start, end + 1).join('\n')) ? name : undefined;
}

function hasDoc(lines: readonly string[], declaration: number): boolean {
  if (!lines[declaration - 1]?.endsWith('*/')) return false;
  const start = lines.slice(0, declaration).findLast((line) => line.startsWith('/*'));
  return start?.startsWith('/** ') === true || start === '/**';
}
