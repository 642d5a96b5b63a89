import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { installOnce, type Report } from "../installing.ts";
import { storeNativeDirectory, storeNativeProgram, storeWheelDirectory, versions } from "../places.ts";

/** The two forms of the document store: compiled here (fast), or a Python wheel (quick to install). */
export type StoreForm = "native" | "wheel";

/** A document store that can be started: a program and the arguments that come first. */
export type StoreInstallation = { readonly form: StoreForm; readonly command: string; readonly args: readonly string[] };

const wheelLimit = 10 * 60_000;
const compileLimit = 60 * 60_000;

const python = (directory: string): string => join(directory, "bin", "python");

const installWheel = async (partial: string, report: Report): Promise<void> => {
  report(`Installing the document store SecantusDB ${versions.storeWheel} (145 MB, once)`);
  const made = await run("python3", ["-m", "venv", partial], { limit: wheelLimit });
  if (made.status === "missing") {
    throw new EmbeddedError(
      "toolMissing",
      "python3 is not installed, and the document store runs on it: install Python 3, or set MONGODB_URL to a running MongoDB",
    );
  }
  if (made.status === "failed") {
    throw new EmbeddedError(
      "toolMissing",
      `python3 cannot make a virtual environment (Debian: apt-get install python3-venv):\n${tail(made.output)}`,
    );
  }
  const { status, output } = await run(python(partial), ["-m", "pip", "install", `secantusdb==${versions.storeWheel}`], {
    limit: wheelLimit,
  });
  if (status !== "succeeded") {
    throw new EmbeddedError(
      "installFailed",
      `The document store could not be installed with pip; look at the network or at pip's settings, and try again:\n${tail(output)}`,
    );
  }
};

/** Makes sure that a document store is in the cache: the native one if it has been compiled, else the wheel. */
export const installStore = async (report: Report = () => undefined, form?: StoreForm): Promise<StoreInstallation> => {
  const native = existsSync(storeNativeProgram());
  if (form === "native" && !native)
    throw new EmbeddedError("toolMissing", "the native document store is not compiled yet: run `make store`");
  if (native && form !== "wheel") return { form: "native", command: storeNativeProgram(), args: [] };
  const directory = storeWheelDirectory();
  await installOnce(directory, report, wheelLimit, (partial) => installWheel(partial, report));
  // Not the script of the wheel: it holds the path of the directory in which it was installed first.
  return { form: "wheel", command: python(directory), args: ["-c", "import sys; from secantus.cli import main; sys.exit(main())"] };
};

/** Compiles the native document store, several times faster than the wheel; it takes minutes, once. */
export const compileStore = async (report: Report = () => undefined): Promise<void> => {
  const directory = storeNativeDirectory();
  if (statSync(storeNativeProgram(), { throwIfNoEntry: false }))
    return report(`The native document store is there: ${storeNativeProgram()}`);
  report("Compiling the document store: about 5 minutes on two idle cores, once");
  const started = performance.now();
  await installOnce(directory, report, compileLimit, async (partial) => {
    const source = ["secantus-mdb", "--version", versions.storeNative, "--locked", "--ignore-rust-version"];
    const { status, output } = await run("cargo", ["install", ...source, "--root", partial], { limit: compileLimit, onLine: report });
    if (status === "missing")
      throw new EmbeddedError(
        "toolMissing",
        "cargo is not installed, and the native store is compiled with it: install Rust, cmake and a C compiler",
      );
    if (status === "failed")
      throw new EmbeddedError(
        "installFailed",
        `The document store could not be compiled; it needs cargo, cmake and a C compiler:\n${tail(output)}`,
      );
  });
  report(`Compiled in ${Math.round((performance.now() - started) / 1000)} s`);
};
