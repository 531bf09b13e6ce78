/**
 * What the kernel uses of the JavaScript API of WebAssembly; neither the language's nor Node's
 * types have it.
 */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array);
  }
  class Memory {
    /** In pages of 64 KiB. */
    constructor(size: {
      readonly initial: number;
      readonly maximum: number;
      readonly shared?: boolean;
    });
    /** A SharedArrayBuffer where the memory is shared. */
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: unknown;
  }
}
