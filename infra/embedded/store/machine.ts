import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The facts that decide whether the downloaded server runs on a machine. */
export type Machine = {
  readonly platform: string;
  readonly architecture: string;
  /** The text of /proc/cpuinfo. */
  readonly processors: string;
  /** Where the loader finds shared libraries. */
  readonly libraryFolders: readonly string[];
};

const libraryFolders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"];

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

export const thisMachine = (): Machine => ({
  platform: process.platform,
  architecture: process.arch,
  processors: textOf("/proc/cpuinfo"),
  libraryFolders: [...(process.env.LD_LIBRARY_PATH?.split(":").filter(Boolean) ?? []), ...libraryFolders],
});

const hasLibrary = ({ libraryFolders: folders }: Machine, name: string): boolean =>
  folders.some((folder) => existsSync(join(folder, name)));

const needs: readonly (readonly [what: string, isThere: (machine: Machine) => boolean])[] = [
  ["Linux on x86-64", ({ platform, architecture }) => platform === "linux" && architecture === "x64"],
  ["a processor with AVX", ({ processors }) => /^flags\s*:.*\bavx\b/m.test(processors)],
  ["glibc (ld-linux-x86-64.so.2)", (machine) => hasLibrary(machine, "ld-linux-x86-64.so.2")],
  ["OpenSSL 3 (libcrypto.so.3; Debian: apt-get install libssl3)", (machine) => hasLibrary(machine, "libcrypto.so.3")],
  ["libcurl (libcurl.so.4; Debian: apt-get install libcurl4)", (machine) => hasLibrary(machine, "libcurl.so.4")],
];

/** What the downloaded server needs and this machine lacks. On another system or processor only that is named. */
export const missingOn = (machine: Machine): readonly string[] => {
  const missing = needs.filter(([, isThere]) => !isThere(machine)).map(([what]) => what);
  const [first = ""] = needs[0] ?? [];
  return missing.includes(first) ? [first] : missing;
};
