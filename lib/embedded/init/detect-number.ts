/** How the numbers of a column are written; the words are those of a field's mapping (§1.3). */
export interface NumberResult {
  readonly decimalChar: '.' | ',';
  readonly groupChar: string | null;
  /** False: signs of a currency or the like stand around some of the numbers. */
  readonly bareNumber: boolean;
  readonly values: number;
  /** Values that are no number in this form. */
  readonly unread: number;
  readonly unreadExample: string | null;
  /** Several forms read the same values and give other numbers. */
  readonly isGuess: boolean;
  /** A value that shows the form. */
  readonly example: string | null;
  readonly isWhole: boolean;
}

/** Different shapes of numbers that are remembered; a column of numbers has a few hundred. */
const MAX_SHAPES = 20_000;
/** Currency signs and codes, per cent signs and blanks may stand around a number. */
const SIGNS = '(?:\\p{Sc}|[A-Z]{3}|%|[ \u00a0\u202f])*';
const DIGITS = "((?:[\\d.,'\u2019\u00a0\u202f ]*\\d)?)[.,]?";
const AROUND = new RegExp(`^([+-]?)${SIGNS}([+-]?)${DIGITS}${SIGNS}$`, 'u');
const BARE = /^[+-]?[\d.,'\u2019\u00a0\u202f ]*\d[.,]?$/;

interface Shape {
  count: number;
  readonly example: string;
}

interface Form {
  readonly decimalChar: '.' | ',';
  readonly groupChar: string | null;
}

/** The plainer form first: it wins where two read the same values. */
const FORMS: readonly Form[] = [
  { decimalChar: '.', groupChar: null },
  { decimalChar: '.', groupChar: ',' },
  { decimalChar: ',', groupChar: null },
  { decimalChar: ',', groupChar: '.' },
  ...[' ', '\u00a0', '\u202f', '\u2019'].flatMap((groupChar): Form[] => [
    { decimalChar: ',', groupChar },
    { decimalChar: '.', groupChar },
  ]),
  { decimalChar: '.', groupChar: "'" },
  { decimalChar: ',', groupChar: "'" },
];

/** Collects the shapes of the numbers of a column; memory does not grow with the values. */
export class NumberForms {
  readonly #shapes = new Map<string, Shape>();
  #values = 0;
  #left = 0;

  /** Looks at a trimmed value that is not missing. */
  add(value: string): void {
    this.#values++;
    // A zero in front or past the cents matters, other digits do not.
    const shape = value.replace(/[1-9]/g, '1');
    const known = this.#shapes.get(shape);
    if (known !== undefined) known.count++;
    else if (this.#shapes.size < MAX_SHAPES) this.#shapes.set(shape, { count: 1, example: value });
    else this.#left++;
  }

  /** The form that reads most of the values; of two the plainer one. */
  result(): NumberResult {
    const shapes = [...this.#shapes].map(([shape, { count, example }]) => ({
      core: coreOf(shape),
      isBare: BARE.test(shape),
      count,
      example,
    }));
    const scored = FORMS.map((form) => {
      const read = shapes.filter(({ core }) => core !== null && reads(form, core));
      const exact = read.filter(({ core }) => core !== null && isExact(form, core));
      return { form, read: sum(read), exact: sum(exact) };
    });
    // What has cents at most speaks for a form; three places after a sign are mostly a group.
    const best = scored.reduce((a, b) => {
      if (b.exact !== a.exact) return b.exact > a.exact ? b : a;
      return b.read > a.read ? b : a;
    });
    const { form } = best;
    const good = shapes.filter(({ core }) => core !== null && reads(form, core));
    const bad = shapes.find(({ core }) => core === null || !reads(form, core));
    const telling = good.find(({ core }) => core !== null && /[^\d]/.test(core));
    return {
      ...form,
      bareNumber: good.every(({ isBare }) => isBare),
      values: this.#values,
      unread: this.#values - this.#left - best.read,
      unreadExample: bad?.example ?? null,
      isGuess: isGuess(good.map(({ core }) => core as string)),
      example: (telling ?? good[0])?.example ?? null,
      isWhole: good.length > 0 && good.every(({ core }) => /^\d+$/.test(core as string)),
    };
  }
}

/** Digits, separators and nothing else; null: it is no number. */
function coreOf(shape: string): string | null {
  const match = AROUND.exec(shape);
  const core = match?.[3] ?? '';
  if (match === null || core === '' || (match[1] !== '' && match[2] !== '')) return null;
  return core.trim();
}

const cache = new Map<string, RegExp>();

function regexOf({ decimalChar, groupChar }: Form): RegExp {
  const key = `${decimalChar}${groupChar}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const decimal = `(?:[${decimalChar}]\\d*)?`;
  const grouped = groupChar === null ? '' : `|[1-9]\\d{0,2}(?:[${groupChar}]\\d{3})+${decimal}`;
  const made = new RegExp(`^(?:\\d+${decimal}|[${decimalChar}]\\d+${grouped})$`);
  cache.set(key, made);
  return made;
}

function reads(form: Form, core: string): boolean {
  return regexOf(form).test(core);
}

/** No digit past the cents but zeros. */
function isExact(form: Form, core: string): boolean {
  const places = core.split(form.decimalChar)[1] ?? '';
  return !/[1-9]/.test(places.slice(2));
}

/** All separators are followed by three digits: groups, or three places. */
function isGuess(cores: readonly string[]): boolean {
  const separated = cores.filter((core) => /[.,]/.test(core));
  return separated.length > 0 && separated.every((core) => /^\d{1,3}[.,]\d{3}$/.test(core));
}

function sum(shapes: readonly { readonly count: number }[]): number {
  return shapes.reduce((total, { count }) => total + count, 0);
}
