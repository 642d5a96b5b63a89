import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Puts a function in the place of a module of kafkajs that is not exported: its shape is taken from the pinned version. What has loaded the module
 * before keeps the old one; kafkajs loads what publishes and what reads when it is first needed.
 */
export const replaceModule = (path: string, by: unknown): void => {
  const place = require.resolve(`kafkajs/src/${path}`);
  require(place);
  const loaded = require.cache[place];
  if (!loaded) throw new Error(`This version of kafkajs has no ${path} of its own: look at who replaces it`);
  loaded.exports = by;
};
