const compiled = new Map<string, WebAssembly.Module>();

/**
 * Instantiates a kernel in `memory`. `code` is one of the constants in `compiled/`; `Exports` must
 * list what `assembly/<name>.ts` exports. Each thread compiles a module once, on first use, in less
 * than a millisecond.
 */
export function loadKernel<Exports>(code: string, memory: WebAssembly.Memory): Exports {
  let module = compiled.get(code);
  if (module === undefined) {
    module = new WebAssembly.Module(Buffer.from(code, 'base64'));
    compiled.set(code, module);
  }
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
}
