import type { CommandIo } from '../base/command.ts';
import { cutTo } from './text-width.ts';
import { visible } from './visible-text.ts';

const UP_TO = (lines: number) => `\u001b[${lines}A\r`;
const CLEAR_BELOW = '\u001b[J';

export interface LiveScreen {
  /** Replaces what was drawn before. */
  draw(lines: readonly string[]): void;
  /** A line that stays, above what is drawn. */
  say(line: string): void;
  /** Takes away what was drawn. */
  clear(): void;
}

/** Lines on a terminal that are redrawn in place. */
export function createLiveScreen(io: Pick<CommandIo, 'drawErr' | 'errColumns'>): LiveScreen {
  let drawn: readonly string[] = [];
  const erased = () => (drawn.length === 0 ? '' : UP_TO(drawn.length) + CLEAR_BELOW);
  /** A line that wraps would take two, and the next drawing would begin one too low. */
  const cut = (line: string) => cutTo(visible(line), Math.max(1, io.errColumns - 1));
  const text = (lines: readonly string[]) => lines.map((line) => `${cut(line)}\n`).join('');
  return {
    draw(lines) {
      io.drawErr(erased() + text(lines));
      drawn = lines;
    },
    say(line) {
      io.drawErr(`${erased()}${visible(line)}\n${text(drawn)}`);
    },
    clear() {
      io.drawErr(erased());
      drawn = [];
    },
  };
}
