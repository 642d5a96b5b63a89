import { posix } from "node:path";
import { type Import, readSource, type Source } from "./source.ts";

/** An import of one file of the tree by another. */
export type Edge = Import & { readonly from: string; readonly to: string };
export type File = Source & { readonly path: string; readonly edges: readonly Edge[] };
/** The files of the tree by path. */
export type Graph = ReadonlyMap<string, File>;

/** Text by path, from the root of the repository. */
export const graphOf = (texts: ReadonlyMap<string, string>): Graph =>
  new Map(
    [...texts].map(([path, text]) => {
      const source = readSource(text);
      const edges = source.imports.filter(isRelative).map((found) => ({ ...found, from: path, to: targetOf(path, found) }));
      return [path, { ...source, path, edges }];
    }),
  );

const isRelative = ({ specifier }: Import): boolean => specifier.startsWith(".");
const targetOf = (path: string, { specifier }: Import): string => posix.join(posix.dirname(path), specifier);
