export { type Mongo, mongo } from "./connect.ts";
