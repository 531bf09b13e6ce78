/**
 * The loops of a reduce step over the rows of a bucket. AssemblyScript: TypeScript's syntax,
 * WebAssembly's types, no garbage collector. `npm run build:wasm` compiles it into
 * `bucket-kernel-code.ts`. Slices are read where they stand: in the memory that all threads share.
 */

export { addRows, listCells } from './cell-sums';
export { groupRows, orderRows } from './day-groups';
export {
  densify,
  deriveHours,
  pickAmounts,
  pickCodes,
  pickIds,
  pickNumbers,
} from './picked-columns';
export { placeTexts, setColumns, splitRecords } from './split-records';
