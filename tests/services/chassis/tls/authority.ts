import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";

/** PEM files; `both` has certificate and key in one. */
export type Issued = { readonly cert: string; readonly key: string; readonly both: string };
export type Authority = {
  readonly ca: string;
  /** A certificate for this machine, good for so many days; less than none: expired. */
  readonly issue: (name: string, days?: number) => Issued;
};

const openssl = (directory: string, ...args: readonly string[]): void => {
  try {
    execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  } catch (cause) {
    if (Reflect.get(Object(cause), "code") !== "ENOENT") throw cause;
    throw new Error("these tests make certificates with openssl, which is not installed (Debian: apt-get install openssl)", { cause });
  }
};

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** An authority of its own for one test, and all that it issues, in a directory that goes with the process. */
export const authority = (directory = temporaryDirectory()): Authority => {
  openssl(
    directory,
    "req",
    "-x509",
    ...curve,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    `/CN=authority ${randomUUID()}`,
    "-days",
    "2",
  );
  return {
    ca: join(directory, "ca.pem"),
    issue: (name, days = 1) => {
      const names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
      openssl(directory, "req", ...curve, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`, ...names);
      const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy", "-days", String(days)];
      openssl(directory, "x509", "-req", "-in", `${name}.csr`, ...by, "-out", `${name}.pem`);
      const [cert, key, both] = [`${name}.pem`, `${name}.key`, `${name}.both`].map((file) => join(directory, file)) as [
        string,
        string,
        string,
      ]; // Three in, three out.
      writeFileSync(both, readFileSync(cert, "utf8") + readFileSync(key, "utf8"));
      return { cert, key, both };
    },
  };
};

/** Puts the files of one in the place of another's, each at once, as who renews certificates does. */
export const renew = (old: Issued, by: Issued, ...roles: readonly ("cert" | "key")[]): void => {
  for (const role of roles.length > 0 ? roles : (["cert", "key"] as const)) {
    copyFileSync(by[role], `${old[role]}.new`);
    renameSync(`${old[role]}.new`, old[role]);
  }
};
