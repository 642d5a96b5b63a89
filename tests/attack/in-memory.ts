import { services } from "../../services/index.ts";
import { endNodes } from "../../services/providers/local/machine.ts";
import { everythingIn } from "../everything.ts";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { administrator, client, loginClient, servedWithAccounts } from "../world/accounts.ts";
import { attackersServer } from "./attackers-server.ts";
import type { Target } from "./target.ts";

/** All services of the platform in this process, over HTTP, with a log and a store in memory. */
export const platformInMemory = async (): Promise<{ readonly target: Target; readonly stop: () => Promise<void> }> => {
  const state = temporaryDirectory();
  // Where the users of nodes can pass, it is not below the state.
  const nodes = temporaryDirectory();
  const server = await attackersServer();
  const localToken = "the machine's token";
  const others = await Promise.all(Object.entries(services).flatMap(([name, load]) => (name === "account" ? [] : [load()])));
  const world = await servedWithAccounts(others, {
    environment: {
      ...{ PITRIX_STATE: state, PITRIX_LOCAL_DIRECTORY: nodes, PITRIX_LOCAL_TOKEN: localToken, PITRIX_REPO_PRIVATE_NETWORKS: server.host },
      PITRIX_WEBHOOK_PRIVATE_NETWORKS: server.host,
      PITRIX_LOG_LEVEL: "debug",
    },
  });
  const records = async (): Promise<string> =>
    [...world.broker.contents().values()]
      .flat(2)
      .flatMap(({ key, value, headers }) => [key, Buffer.from(value ?? []).toString("latin1"), JSON.stringify(headers)])
      .join("\n");
  return {
    target: {
      ...{ url: world.of("api").url, loginClient, operators: client, administrator },
      inside: {
        ...{ localToken, server, records, nodes },
        stores: async () => everythingIn([...world.databases.values()].map(({ blobs: _, ...database }) => database)),
        services: world.instances().map(({ name, url, operationsUrl }) => ({ name, url, operationsUrl })),
        logs: async () => [...world.lines.map((line) => JSON.stringify(line)), ...world.printed].join("\n"),
      },
    },
    stop: async () => {
      await world.stop();
      await server.close();
      await endNodes(nodes);
    },
  };
};
