import { readdirSync, readFileSync } from "node:fs";
import { exceptions } from "./exceptions.ts";
import { checkImports } from "./imports.ts";

// Checks layers, circles, purity and starts of processes of the TypeScript files under the working directory.
const folders = ["schemas", "events", "services", "infra", "tests"];
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`),
);
const found = checkImports(new Map(files.sort().map((path) => [path, readFileSync(path, "utf8")])), exceptions);
for (const line of found) console.error(line);
console.log(`${files.length} files checked: ${found.length} violations`);
process.exitCode = found.length > 0 ? 1 : 0;
