import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { root } from "../root.ts";
import { platformWithoutKafka, receives, streams, type WithoutKafka } from "./without-kafka.ts";

// The programs are those of docs/consuming-events.md.

let platform: WithoutKafka;
const directory = temporaryDirectory();
before(async () => {
  mkdirSync(directory, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  platform = await platformWithoutKafka();
});
after(() => platform?.stop());

const node = { file: "program.mjs", directory, command: (file: string) => [process.execPath, file] as const };
const python = { file: "program.py", directory, command: (file: string) => ["python3", file] as const };

test("a stream in Node shows what happens, also while it was cut off", () => streams("js", node, platform));

test("a stream in Python shows what happens, also while it was cut off", () => streams("python", python, platform));

test("a webhook in Node takes what the platform has signed, and nothing else", () => receives("js", node, platform));
