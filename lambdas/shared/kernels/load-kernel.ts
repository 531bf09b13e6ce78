const compiled = new Map<string, WebAssembly.Module>();

/**
 * Instantiates a kernel in `memory`. `code` is one of the constants in `compiled/`; `Exports` must
 * list what `assembly/<name>.ts` exports. A module is compiled once per thread, in less than a
 * millisecond, when it is first asked for.
 */
export function loadKernel<Exports>(code: string, memory: WebAssembly.Memory): Exports {
  let module = compiled.get(code);
  if (module === undefined) {
    module = new WebAssembly.Module(Buffer.from(code, 'base64'));
    compiled.set(code, module);
  }
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
}
