import type { Terminal } from "../../../services/cli/output.ts";
import { program } from "../../../services/cli/program.ts";
import type { World } from "../../world/world.ts";

/** No terminal, but what a command wrote to it, and the code with which it would end. */
export const recording = () => {
  let text = "";
  let code = 0;
  const terminal: Terminal = {
    write: (more) => {
      text += more;
    },
    exit: (given) => {
      code = given;
    },
    isTerminal: false,
  };
  return { terminal, text: () => text, code: () => code };
};

/** Runs the `pitrix` command against the services of a world: what it writes, and how it ends. */
export const pitrix = async (world: World, args: readonly string[], environment: { readonly [name: string]: string } = {}) => {
  const { terminal, text, code } = recording();
  const services = world.instances().filter(({ name }) => name !== "api");
  const PITRIX_SERVICES = services.map(({ name, url }) => `${name}=${url}`).join(",");
  const { PITRIX_SEALING_KEYS } = world.of().settings;
  const given = { PITRIX_SERVICES, PITRIX_SEALING_KEYS, ...environment };
  await program(terminal, given, new AbortController().signal).parseAsync(args, { from: "user" });
  return { text: text(), code: code() };
};
