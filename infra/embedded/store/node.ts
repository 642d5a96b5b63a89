import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Ended, type Running, startProgram } from "../program.ts";
import { nodeDirectory, type StoreNode, setName, storePidFile } from "./nodes.ts";
import { type StoreTls, tlsFlags } from "./tls.ts";

/** How the nodes of a directory are to be started. */
export type NodeStart = {
  /** The mongod to run. */
  readonly program: string;
  readonly directory: string;
  /** Authenticates the nodes to each other. */
  readonly keyFile: string;
  readonly tls: StoreTls | undefined;
  readonly background: boolean;
  readonly ended: Ended | undefined;
};

/** Small values for laptops and tests. A server in production needs other ones. */
const bounds = [
  ...["--wiredTigerCacheSizeGB", "0.25"],
  ...["--oplogSize", "128"],
  // The server creates three files of this size at once. Its default is 100 MB each.
  ...["--wiredTigerEngineConfigString", "log=(file_max=16MB)"],
  ...["--setParameter", "diagnosticDataCollectionEnabled=false"],
  // How long a node goes on answering after it was asked to stop. Its default is fifteen seconds.
  ...["--setParameter", "shutdownTimeoutMillisForSignaledShutdown=500"],
];

/** Starts one node. It does not wait for it to be ready. */
export const startNode = async (node: StoreNode, start: NodeStart): Promise<Running> => {
  const directory = nodeDirectory(start.directory, node);
  const data = join(directory, "data");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const address = ["--bind_ip", "127.0.0.1", "--port", String(node.port), "--nounixsocket"];
  const tls = start.tls ? tlsFlags(start.tls, join(directory, "certificate.pem")) : [];
  return startProgram({
    name: "document store",
    command: start.program,
    args: ["--dbpath", data, "--replSet", setName, "--keyFile", start.keyFile, "--quiet", ...address, ...bounds, ...tls],
    directory,
    logFile: join(directory, "server.log"),
    pidFile: storePidFile(start.directory, node),
    background: start.background,
    ended: start.ended,
  });
};
