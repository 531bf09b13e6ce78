/** Deeper values of an event are not looked at. */
const MAX_DEPTH = 3;
/** Places of values that are remembered. */
const MAX_PLACES = 200;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The text of a number as it stands in the file, which JSON.parse passes on. */
function textOfNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

/** The values of a line of NDJSON by key or JSON Pointer, as text; null: it is no object. */
export function valuesOfLine(line: string): Map<string, string> | null {
  try {
    const parsed = JSON.parse(
      line,
      textOfNumber as (key: string, value: unknown) => unknown,
    ) as Json;
    if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return null;
    const values = new Map<string, string>();
    addValues(parsed, '', 1, values);
    return values;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function addValues(
  object: { [key: string]: Json },
  above: string,
  depth: number,
  values: Map<string, string>,
): void {
  for (const [key, value] of Object.entries(object)) {
    const pointer = `${above}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    // A key that begins with a slash would be read as a pointer.
    const place = depth === 1 && !key.startsWith('/') ? key : pointer;
    if (value === null || Array.isArray(value) || typeof value === 'boolean') continue;
    if (typeof value === 'object') {
      if (depth < MAX_DEPTH) addValues(value, pointer, depth + 1, values);
    } else if (values.size < MAX_PLACES) values.set(place, String(value));
  }
}

/** The places of all values in the lines, in the order in which they come. */
export function placesOf(lines: readonly string[]): string[] {
  const places = new Set<string>();
  for (const line of lines) {
    for (const place of valuesOfLine(line)?.keys() ?? []) {
      if (places.size < MAX_PLACES) places.add(place);
    }
  }
  return [...places];
}

/** Cuts text that comes in pieces into lines of NDJSON, and those into values by place. */
export class JsonRows {
  readonly #places: readonly string[];
  readonly #visit: (fields: readonly string[]) => void;
  #text = '';
  /** Lines that are no JSON object. */
  unread = 0;

  constructor(places: readonly string[], visit: (fields: readonly string[]) => void) {
    this.#places = places;
    this.#visit = visit;
  }

  /** Passes on the rows that end in the text so far; a place without value is empty text. */
  push(piece: string): void {
    const lines = (this.#text + piece).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** Passes on the last row. */
  end(): void {
    this.#line(this.#text);
  }

  #line(line: string): void {
    if (line.trim() === '') return;
    const values = valuesOfLine(line);
    if (values === null) this.unread++;
    else this.#visit(this.#places.map((place) => values.get(place) ?? ''));
  }
}
