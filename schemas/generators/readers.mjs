import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unreadable } from "./compatibility.mjs";
import { subjectOf } from "./lock.mjs";

/** The schemas with which consumers read: `readers/<consumer>/<Event>.avsc`. They are handed in by whoever wants to be told. */
export function readReaders(directory) {
  const folder = join(directory, "readers");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: consumer }) =>
      readdirSync(join(folder, consumer))
        .filter((name) => name.endsWith(".avsc"))
        .map((name) => ({ file: `readers/${consumer}/${name}`, consumer, text: readFileSync(join(folder, consumer, name), "utf8") })),
    )
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** A problem for each field of a consumer's schema that some version of its event, released or to be released, does not give. */
export const brokenReaders = (readers, lock) =>
  readers.flatMap(({ file, consumer, text }) => {
    try {
      const reader = JSON.parse(text);
      const [, aggregate] = /^pitrix\.(\w+)$/.exec(reader.namespace ?? "") ?? [];
      const versions = lock.filter(({ subject }) => subject === subjectOf(aggregate, reader.name));
      if (versions.length === 0) return [`${file}: there is no event ${reader.namespace}.${reader.name}`];
      return versions.flatMap(({ version, schema }) =>
        unreadable(reader, schema).map((why) => `${file}: version ${version} of ${reader.name} would break ${consumer}: ${why}`),
      );
    } catch (error) {
      return [`${file}: ${error.message}`];
    }
  });
