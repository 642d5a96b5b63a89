import type { Terminal } from "../../../services/cli/output.ts";

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
