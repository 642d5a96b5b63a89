import childProcess from "node:child_process";
import fileSystem from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import type { Machine } from "../../../../../services/providers/local/machine.ts";
import { aNode, openMachine } from "./support.ts";

/** What effects do with a node, in order; repeating all of it must lead to the same end. */
export const stories: Record<string, (machine: Machine) => Promise<void>> = {
  deploy: async (machine) => {
    await machine.createNode(aNode("cln-1"));
    await machine.writeMetadata("cln-1", { peers: [] });
    await machine.runCommand("cln-1", { key: "init", cmd: "node program.cjs note init", timeoutSeconds: 30 });
    await machine.startProcess("cln-1", { cmd: "node program.cjs informed" });
    await machine.writeMetadata("cln-1", { peers: ["cln-2"] });
  },
  remove: async (machine) => {
    await machine.stopProcess("cln-1", 5);
    await machine.removeNode("cln-1");
  },
};

/** Run as a program: plays a story and kills itself right after the n-th change to the outside. */
const [, , storyName = "", directory = "", crashAfter = ""] = process.argv;
const story = stories[storyName];
if (story !== undefined && directory !== "") {
  let changes = 0;
  const crashing =
    <Arguments extends unknown[], Result>(change: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      const result = change(...given);
      const crash = () => {
        if (++changes === Number(crashAfter)) process.kill(process.pid, "SIGKILL");
      };
      if (result instanceof Promise) result.then(crash, crash);
      else crash();
      return result;
    };
  // The types of overloaded functions do not survive a wrapper.
  Object.assign(fileSystem, {
    chmod: crashing(fileSystem.chmod),
    lchown: crashing(fileSystem.lchown),
    mkdir: crashing(fileSystem.mkdir),
    rename: crashing(fileSystem.rename),
    rm: crashing(fileSystem.rm),
    symlink: crashing(fileSystem.symlink),
  });
  Object.assign(childProcess, { spawn: crashing(childProcess.spawn) });
  const kill = process.kill.bind(process);
  Object.assign(process, {
    kill: (pid: number, signal: NodeJS.Signals) => (pid === process.pid ? kill(pid, signal) : crashing(kill)(pid, signal)),
  });
  syncBuiltinESMExports();
  const machine = openMachine({ directory });
  await story(machine);
  await machine.close();
}
