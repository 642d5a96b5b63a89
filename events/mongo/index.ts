export { type Mongo, mongo } from "./connect.ts";
export { type StoreCopy, type StoredItem, storeCopy } from "./copying.ts";
