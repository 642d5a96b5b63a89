import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Replaces an internal module of kafkajs by a function with the shape of the pinned version. Modules that have already loaded the original
 * continue to use it; kafkajs loads its publishing and reading code on first use.
 */
export const replaceModule = (path: string, by: unknown): void => {
  const place = require.resolve(`kafkajs/src/${path}`);
  require(place);
  const loaded = require.cache[place];
  if (!loaded) throw new Error(`This version of kafkajs has no module ${path}: adapt the code that replaces it`);
  loaded.exports = by;
};
