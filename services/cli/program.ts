import { Command } from "commander";
import type { Environment } from "../chassis/process/config.ts";
import { aclLines, platformAcls } from "./acls.ts";
import { addAudit } from "./audit-commands.ts";
import { addCompletion } from "./completion.ts";
import { addContract } from "./contract-command.ts";
import { addEvents } from "./events-commands.ts";
import { addLooks } from "./look-commands.ts";
import { addMove } from "./move-commands.ts";
import type { Terminal } from "./output.ts";
import { addParked } from "./parked-commands.ts";
import { addReplay } from "./replay-commands.ts";
import { shellOf } from "./shell.ts";
import { addStatus } from "./status-commands.ts";
import { addWhatIf } from "./what-if-commands.ts";

/** The `pitrix` command. `signal` stops commands that do not end by themselves. */
export const program = (terminal: Terminal, environment: Environment, signal: AbortSignal): Command => {
  const pitrix = new Command("pitrix");
  const shell = shellOf(pitrix, terminal, environment, signal);
  const { print } = shell;

  pitrix
    .description("Operates a Pitrix platform.")
    .option("--json", "print JSON")
    .option("--platform <directory>", "directory of the local platform, used if KAFKA_BROKERS is not set", ".pitrix/platform")
    .option("--direct", "ask services and Kafka, also if PITRIX_URL names a gateway")
    .showHelpAfterError("(run with --help for usage and examples)")
    .exitOverride()
    .configureOutput({ writeOut: terminal.write })
    .addHelpText(
      "after",
      `
Settings, from the environment:
  PITRIX_URL           the gateway, asked with PITRIX_TOKEN in the place of services and Kafka: https://host:port
  KAFKA_BROKERS        addresses of Kafka, for service discovery and events: host:port,...
  PITRIX_SERVICES      URLs of the services, the gateway's for operators, instead of discovery: app=http://host:port,...
  PITRIX_TOKEN         an administrator's access token, or
  PITRIX_SEALING_KEYS  the platform's keys, which authenticate this command
  KAFKA_SASL, KAFKA_TLS, KAFKA_CA, PITRIX_INTERNAL_TLS_CERT, ...
                       transport security, with the same values as for a service

Exit codes: 0 success, 1 failure, 64 invalid usage, 66 not found, 69 service unavailable, 77 access denied, 78 invalid settings

Examples:
  pitrix status
  pitrix parked list
  pitrix parked redrive --reason "cannot read" --dry-run
  pitrix why cluster/cl-x7@12
  pitrix events --follow --type ClusterStopped
  pitrix audit`,
    );

  addStatus(pitrix, shell);
  addLooks(pitrix, shell);
  addParked(pitrix, shell);
  const events = addEvents(pitrix, shell);
  addAudit(pitrix, shell);
  addWhatIf(addReplay(pitrix, shell), shell);
  addMove(pitrix, events, environment, shell);
  addContract(pitrix, shell);

  pitrix
    .command("acls")
    .description("print the access control list that the platform needs on a Kafka of your own, as arguments of kafka-acls.sh")
    .option("--third-party <name...>", "also the rights of consumers with these user names: to read the public topics", [])
    .addHelpText("after", "\nExample:\n  pitrix acls --third-party audit | xargs -L1 kafka-acls.sh --bootstrap-server host:port")
    .action(async ({ thirdParty }: { readonly thirdParty: readonly string[] }) => {
      const acls = await platformAcls(thirdParty);
      print({ acls }, () => aclLines(acls).join("\n"));
    });
  addCompletion(pitrix, terminal.write);
  return pitrix;
};
