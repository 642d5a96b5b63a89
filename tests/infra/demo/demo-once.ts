import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestContext } from "node:test";

/** Runs the demo to its end, with the cluster of a kubeconfig: `none`, or an empty text for that of the tests. */
export const demoOnce = async (t: TestContext, kubeconfig: string) => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-demo-"));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  // As root, nodes have users of their own, who pass through here.
  const nodes = mkdtempSync(join(tmpdir(), "pitrix-demo-nodes-"));
  chmodSync(nodes, 0o711);
  t.after(() => rmSync(nodes, { recursive: true, force: true }));
  const { KAFKA_BROKERS: _, MONGODB_URL: __, ...environment } = process.env;
  // A relative directory, as the default one is.
  const args = ["--once", "--directory", relative(process.cwd(), directory)];
  const demo = spawn(process.execPath, [join(import.meta.dirname, "../../../infra/demo/main.js"), ...args], {
    env: { ...environment, PITRIX_LOCAL_DIRECTORY: nodes, PITRIX_DEMO_KUBECONFIG: kubeconfig },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => demo.kill("SIGTERM"));
  let said = "";
  for (const output of [demo.stdout, demo.stderr])
    output.on("data", (text) => {
      said += text;
    });
  const code = await new Promise((resolve) => demo.once("exit", resolve));
  return { code, said, directory };
};
