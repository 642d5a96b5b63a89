import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

/** Members of the group, each a process. */
export const groupOf = (settings: readonly string[], environment: { readonly [name: string]: string }) => {
  const members: ChildProcess[] = [];
  const gone = (member: ChildProcess): Promise<void> =>
    member.exitCode !== null || member.signalCode !== null ? Promise.resolve() : new Promise((done) => member.once("exit", () => done()));
  return {
    size: (): number => members.length,
    add: async (): Promise<void> => {
      const member = fork(join(import.meta.dirname, "storm-member.js"), [...settings], {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        env: { ...process.env, ...environment },
      });
      await new Promise<void>((done, fail) => {
        member.once("message", () => done());
        member.once("exit", (code) => fail(new Error(`a member ended with ${code} before it had joined`)));
      });
      members.push(member);
    },
    remove: async (kill: boolean): Promise<void> => {
      const member = members.shift();
      if (!member) return;
      if (kill) member.kill("SIGKILL");
      else member.send("leave");
      await gone(member);
    },
    stop: async (): Promise<void> => {
      for (const member of members) member.kill("SIGKILL");
      await Promise.all(members.map(gone));
    },
  };
};
