import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderActions } from "./actions.mjs";
import { parseEvents, readEventFiles } from "./avro.mjs";
import { renderDeprecated } from "./deprecated.mjs";
import { renderEvents } from "./events.mjs";
import { renderHttp } from "./http.mjs";
import { renderJson } from "./json.mjs";
import { appendToLock, checkLock, lostEntry, renderSchemas } from "./lock.mjs";
import { brokenReaders, readReaders } from "./readers.mjs";

/**
 * Generates all files from the schemas of a folder, or returns the problems.
 * `released` is the released lock, undefined if there is none. Its entries never change.
 */
export function generate({ directory, check = false, rewriteUnreleased = false, released }) {
  const found = parseEvents(readEventFiles(directory));
  const before = readLock(directory);
  const start = rewriteUnreleased ? (released ?? []) : before;
  const locked = appendToLock(start, found.events);
  const events = renderEvents(found.events);
  const http = httpOf(directory);
  const deprecated = renderDeprecated(found.events);
  const actions = renderActions(found.events, http.operationIds);
  const lost = released && !rewriteUnreleased ? lostEntry(released, before) : undefined;
  const problems = [
    ...found.problems,
    ...locked.problems,
    ...events.problems,
    ...http.problems,
    ...actions.problems,
    ...deprecated.problems,
    ...checkLock(start),
    ...brokenReaders(readReaders(directory), locked.lock),
    ...(lost ? [lost] : []),
  ];
  if (problems.length) return { problems, stale: [], written: [] };

  const files = {
    "ids.json": renderJson(locked.lock),
    "generated/deprecated.ts": deprecated.text,
    "generated/events.ts": events.text,
    "generated/schemas.ts": renderSchemas(locked.lock, found.events),
    ...(http.text === undefined
      ? {}
      : {
          "generated/actions.ts": actions.text,
          "generated/http.ts": http.text,
          "generated/openapi.json": http.json,
        }),
  };
  const stale = Object.keys(files).filter((name) => read(join(directory, name)) !== files[name]);
  if (!check) for (const name of stale) write(join(directory, name), files[name]);
  return { problems, stale: check ? stale : [], written: check ? [] : stale };
}

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
const readLock = (directory) => JSON.parse(read(join(directory, "ids.json")) ?? "[]");

function httpOf(directory) {
  const text = read(join(directory, "http/v1.yaml"));
  return text === undefined ? { problems: [], operationIds: [], text: undefined } : renderHttp(text);
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}
