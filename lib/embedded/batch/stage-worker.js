// The entry of a worker thread, in plain JavaScript: with the compile cache on before the first
// TypeScript file is loaded, a thread starts in a fifth of the time, because no file is stripped
// and compiled again.
import module from 'node:module';

// Node 24.0 warns in each thread that it strips types; `bin/tandem.js` explains why the warning is
// hidden.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (rest[0] !== 'ExperimentalWarning') emitWarning.call(process, warning, ...rest);
};
module.enableCompileCache?.();
await import('./stage-thread.ts');
module.flushCompileCache?.();
