import type { CommandIo } from './command.ts';

const UP_TO = (lines: number) => `\u001b[${lines}A\r`;
const CLEAR_BELOW = '\u001b[J';

export interface LiveScreen {
  /** In the place of what was drawn before. */
  draw(lines: readonly string[]): void;
  /** A line that stays, above what is drawn. */
  say(line: string): void;
  /** Takes away what was drawn. */
  clear(): void;
}

/** Some lines on a terminal that are drawn again and again, in place. */
export function createLiveScreen(io: Pick<CommandIo, 'writeErr' | 'errColumns'>): LiveScreen {
  let drawn: readonly string[] = [];
  const erased = () => (drawn.length === 0 ? '' : UP_TO(drawn.length) + CLEAR_BELOW);
  /** A line that wraps would take two, and the next drawing would begin one too low. */
  const cut = (line: string) => [...line].slice(0, Math.max(1, io.errColumns - 1)).join('');
  const text = (lines: readonly string[]) => lines.map((line) => `${cut(line)}\n`).join('');
  return {
    draw(lines) {
      io.writeErr(erased() + text(lines));
      drawn = lines;
    },
    say(line) {
      io.writeErr(`${erased()}${line}\n${text(drawn)}`);
    },
    clear() {
      io.writeErr(erased());
      drawn = [];
    },
  };
}
