import { join } from "node:path";
import { EmbeddedError } from "../failure.ts";
import { isRecord, readJson, writeJson } from "../files.ts";
import type { StoreForm } from "./install.ts";

/** What a directory keeps of its store, besides data and users. */
export type KeptStore = { readonly port: number; readonly form: StoreForm };

const keptFile = (directory: string): string => join(directory, "store.json");

/** The store that a directory holds. */
export const readStore = (directory: string): KeptStore | undefined => {
  const content = readJson(keptFile(directory));
  if (!isRecord(content) || typeof content.port !== "number") return undefined;
  return content.form === "native" || content.form === "wheel" ? { port: content.port, form: content.form } : undefined;
};

export const writeStore = (directory: string, store: KeptStore): void => writeJson(keptFile(directory), store);

/**
 * The form to start: the one that made the directory. The two read each other's data, but a unique
 * index made by the native one does not hold in the other.
 */
export const formFor = (directory: string, wanted: StoreForm | undefined): StoreForm | undefined => {
  const kept = readStore(directory)?.form;
  if (kept && wanted && kept !== wanted) {
    throw new EmbeddedError(
      "otherLayout",
      `the directory holds data of the ${kept} document store, not the ${wanted} one; choose another directory`,
    );
  }
  return kept ?? wanted;
};
