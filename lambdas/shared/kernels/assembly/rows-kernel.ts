/**
 * The loops over the rows of a bucket or of a chunk of events, on their way into tables.
 * AssemblyScript: TypeScript's syntax, WebAssembly's types, no garbage collector. `npm run
 * build:wasm` compiles it into `rows-kernel-code.ts`. Columns are read where they are: in the
 * memory that all threads share.
 */

export { addRows, listCells } from './cell-sums';
export { groupRows, orderRows, outcomesOf } from './day-groups';
export {
  addPicked,
  densify,
  deriveHours,
  multiply,
  pickCodes,
  pickIds,
  pickInts,
  pickNumbers,
} from './picked-columns';
export { placeTexts, setColumns, splitRecords } from './split-records';
