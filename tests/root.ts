import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const above = (directory: string): string => (existsSync(join(directory, "package.json")) ? directory : above(dirname(directory)));

/** The package's root, from wherever the compiled tests run. */
export const root = above(import.meta.dirname);
