import { createHash } from "node:crypto";
import { murmur2 } from "../log/partition.ts";
import type { StoredDocument } from "../ports.ts";

/** A digest of a document as a store keeps it: equal documents have equal digests, whatever the order of their fields. */
export const digestOf = ({ stream, version, deleted, value }: StoredDocument): string => textDigest([stream, version, deleted, value]);

/** A digest of each field. */
export const fieldDigests = ({ value }: Pick<StoredDocument, "value">): { readonly [field: string]: string } =>
  Object.fromEntries(Object.entries(value).flatMap(([field, content]) => (content === undefined ? [] : [[field, textDigest(content)]])));

const textDigest = (value: unknown): string => createHash("sha256").update(canonical(value)).digest("base64url").slice(0, 22);

/** JSON with sorted fields, and without those that have no value. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  ) ?? "";

/** The part of a read model, from 0 to `buckets` - 1, to which the documents of a stream belong. */
export const bucketOf = (stream: string, buckets: number): number => (murmur2(`audit ${stream}`) >>> 0) % buckets;
