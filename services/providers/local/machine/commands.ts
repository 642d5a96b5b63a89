import { createHash } from "node:crypto";
import { type Exit, launch } from "./launch.ts";
import { lastLines } from "./log-files.ts";
import { endAll, type Identity } from "./processes.ts";
import { known, type MachineContext, type Node, save } from "./record.ts";
import { closedError, type KeyedCommand, MachineError } from "./types.ts";
import { wordsOf } from "./words.ts";

const timeoutGrace = 5000;
const leftoverGrace = 2000;
/** The number of succeeded keys that a node remembers. */
const rememberedKeys = 1000;

/** Runs a command unless its key has succeeded before. Concurrent calls with the same key share one run. */
export const runCommand = (context: MachineContext, node: Node, command: KeyedCommand): Promise<void> => {
  const running = node.commands.get(command.key);
  if (running !== undefined) return running;
  const run = node.commandsInTurn(() => runOnce(context, node, command)).finally(() => node.commands.delete(command.key));
  node.commands.set(command.key, run);
  return run;
};

const runOnce = async (context: MachineContext, node: Node, { key, cmd, timeoutSeconds }: KeyedCommand) => {
  const words = wordsOf(cmd);
  const record = await node.locked(() => known(node));
  if (record.succeeded.includes(key)) return;
  const run = `command/${createHash("sha256").update(key).digest("hex")}`;
  const { clock } = context;
  const unless = () => {
    if (context.closed) throw closedError();
    if (node.record === undefined || node.record.removing) throw new MachineError("unknown", `node ${node.nodeId} is being removed`);
  };
  const end = (leaders: readonly Identity[], graceMilliseconds: number) =>
    endAll({ mark: { data: node.paths.data, run }, leaders, graceMilliseconds, clock, unless });

  // An earlier incarnation may have left a command running whose outcome is lost.
  await end([], leftoverGrace);
  const launched = await launch(context, { record, paths: node.paths, words, run, log: key, unless });
  const outcome = await firstOf(context, node, timeoutSeconds, launched.exited);
  if (typeof outcome === "object" && outcome.code === 0) {
    return node.locked(async () => {
      const now = await known(node);
      await save(node, { ...now, succeeded: [...now.succeeded, key].slice(-rememberedKeys) });
    });
  }
  if (outcome === "ending") {
    launched.child.unref();
    unless();
  }
  await end([launched.identity], outcome === "timeout" ? timeoutGrace : leftoverGrace);
  const log = await lastLines(node.paths, key);
  const what = `command ${JSON.stringify(words.join(" "))} on node ${node.nodeId}`;
  if (typeof outcome === "string") throw new MachineError("timeout", `${what} did not end within ${timeoutSeconds} s`, { log });
  const { code, signal } = outcome;
  throw new MachineError("failed", `${what} ended with ${signal ?? `code ${code}`}`, { exitCode: code, signal, log });
};

/** The first of: the command's exit, its timeout, or the end of the machine or node. */
const firstOf = async (
  { clock }: MachineContext,
  node: Node,
  timeoutSeconds: number,
  exited: Promise<Exit>,
): Promise<Exit | "timeout" | "ending"> => {
  let finish: (outcome: "timeout" | "ending") => void = () => undefined;
  const interrupted = new Promise<"timeout" | "ending">((resolve) => {
    finish = resolve;
  });
  const cancel = clock.after(timeoutSeconds * 1000, () => finish("timeout"));
  const ending = () => finish("ending");
  node.ending.add(ending);
  try {
    return await Promise.race([exited, interrupted]);
  } finally {
    cancel();
    node.ending.delete(ending);
  }
};
