import { digestOf, pack, unpack } from "../../services/packages/archive.ts";
import { buildRepository, type Repository } from "./repository.ts";

/** The ways in which a test repository is broken. */
export type Breakage =
  | "index is not YAML"
  | "index is missing"
  | "entry without urls"
  | "digest is wrong"
  | "package is missing"
  | "template does not render";

/** The demo's repository, broken on purpose in one way, for both formats where that applies. */
export const buildBrokenRepository = async (breakage: Breakage): Promise<Repository> => {
  const repository = await buildRepository();
  return { ...repository, files: await breakages[breakage](new Map(repository.files)) };
};

type Files = Map<string, Uint8Array>;
const indexes = ["/devkit/index.yaml", "/helm/index.yaml"];

const breakages: { readonly [B in Breakage]: (files: Files) => Files | Promise<Files> } = {
  "index is not YAML": (files) => editIndexes(files, () => "<html>{ ] this is not an index"),
  "index is missing": (files) => without(files, (path) => indexes.includes(path)),
  "entry without urls": (files) => editIndexes(files, (index) => index.replace(/ +urls:\n +- .*\n/, "")),
  "digest is wrong": (files) => editIndexes(files, (index) => index.replace(/digest: .*/g, `digest: ${"0".repeat(64)}`)),
  "package is missing": (files) => without(files, (path) => path.endsWith(".tgz")),
  "template does not render": async (files) => {
    for (const [path, bytes] of [...files].filter(([name]) => name.startsWith("/devkit/") && name.endsWith(".tgz"))) {
      const content = new Map(await unpack(bytes));
      content.set("bookinfo/cluster.json.tmpl", { bytes: encode('{ "name": "{{cluster.name}}", "nodes": [ '), executable: false });
      const broken = await pack(content);
      files.set(path, broken);
      editIndexes(files, (index) => index.replace(digestOf(bytes), digestOf(broken)));
    }
    return files;
  },
};

const without = (files: Files, unwanted: (path: string) => boolean): Files => new Map([...files].filter(([path]) => !unwanted(path)));

const editIndexes = (files: Files, edit: (index: string) => string): Files => {
  for (const path of indexes) {
    const index = files.get(path);
    if (index !== undefined) files.set(path, encode(edit(new TextDecoder().decode(index))));
  }
  return files;
};

const encode = (content: string): Uint8Array => new TextEncoder().encode(content);
