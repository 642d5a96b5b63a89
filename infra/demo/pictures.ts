import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { terminalSvg } from "../../events/map/index.ts";
import { OPERATOR } from "../../services/chassis/acls.ts";
import type { Terminal } from "../../services/cli/output.ts";
import { program } from "../../services/cli/program.ts";
import { settingsOf } from "../embedded/kafka/connection.ts";
import type { startPlatform } from "../platform/platform.ts";

type Platform = Awaited<ReturnType<typeof startPlatform>>;

/** Draws what `pitrix` shows of a running platform: a replay with its verification, what is wrong, and the live map. */
export const drawPictures = async (platform: Platform, directory: string): Promise<void> => {
  const environment = {
    ...settingsOf(platform.servers.kafka?.as(OPERATOR) ?? platform.servers.connection),
    PITRIX_SEALING_KEYS: platform.secrets.sealingKeys,
    PITRIX_SERVICES: platform.services.map(({ name, operationsUrl }) => `${name}=${operationsUrl}`).join(","),
  };
  /** The text of commands on a terminal, each after its prompt. */
  const shown = async (...commands: readonly string[]): Promise<string> => {
    let text = "";
    const terminal: Terminal = {
      write: (more) => {
        text += more;
      },
      exit: () => {},
      isTerminal: true,
    };
    for (const command of commands) {
      text += `\u001b[32m$\u001b[0m \u001b[1mpitrix ${command}\u001b[0m\n`;
      await program(terminal, environment, new AbortController().signal).parseAsync(command.split(" "), { from: "user" });
      text += "\n";
    }
    return text;
  };
  const draw = async (file: string, title: string, ...commands: readonly string[]): Promise<void> =>
    writeFileSync(join(directory, file), terminalSvg(title, await shown(...commands)));
  await draw(
    "replay.svg",
    "A read model is filled anew beside the live one, and proved equal",
    ...["replay plan cluster/jobs", "replay run cluster/jobs --yes --promote", "replay status cluster", "audit"],
  );
  await draw("status.svg", "The platform on one screen", "status");
  await shown(`map --live --all --svg ${join(directory, "map-live.svg")}`);
};
