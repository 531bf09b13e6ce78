/** JSON for manifests, plans and results: UTF-8, indented, with a line end. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** JSON for files that only programs read: UTF-8, on one line. */
export function compactJsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

/** Parses UTF-8 JSON; the shape `T` is not checked. Throws `SyntaxError` if it is not JSON. */
export function parseJson<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
