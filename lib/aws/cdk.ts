export { BatchDoor } from './constructs/batch-door.ts';
