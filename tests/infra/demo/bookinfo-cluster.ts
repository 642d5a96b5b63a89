import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BookinfoVersion, buildRepository } from "../../../infra/demo/repository.ts";
import { unpack } from "../../../services/packages/archive.ts";
import { eventually } from "../../eventually.ts";

export type BookinfoNode = { readonly node_id: string; readonly role: string; readonly address: string; readonly folder: string };

/** BookInfo's nodes as processes of this machine, started by hand: a loopback address and a folder for each. */
export const bookinfoCluster = async (version: BookinfoVersion, env: Readonly<Record<string, unknown>> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), "bookinfo-"));
  const nodes: BookinfoNode[] = [];
  const processes = new Map<string, ChildProcess>();
  const port = await freePort();
  await unpackTo(join(folder, "package"), version);

  const metadataOf = (self: BookinfoNode) => {
    const hosts: Record<string, unknown[]> = {};
    for (const { role, node_id, address } of nodes) hosts[role] = [...(hosts[role] ?? []), { node_id, address, server_id: 1 }];
    return {
      self,
      hosts,
      cluster: { cluster_id: "cl-1", name: "demo", env: { port, ...env } },
      endpoints: { http: { port, protocol: "http" } },
    };
  };
  const tellPeers = () => Promise.all(nodes.map((node) => writeFile(join(node.folder, "metadata.json"), JSON.stringify(metadataOf(node)))));
  const spawnNode = (node: BookinfoNode, ...words: string[]) =>
    spawn(process.execPath, words, {
      cwd: join(folder, "package/bookinfo"),
      env: { PATH: process.env.PATH, PITRIX_METADATA: join(node.folder, "metadata.json") },
      stdio: ["ignore", "pipe", "pipe"],
    });

  return {
    port,
    nodes,
    /** Adds the node to the metadata files of all nodes, without notifying them. */
    add: async (role: string): Promise<BookinfoNode> => {
      const node_id = `cln-${role}-${nodes.length}`;
      const node = { node_id, role, address: loopbackAddress(nodes.length), folder: join(folder, node_id) };
      await mkdir(node.folder);
      nodes.push(node);
      await tellPeers();
      return node;
    },
    /** Runs a service of the node to completion; returns exit code and output. */
    service: async (node: BookinfoNode, name: string) => {
      const child = spawnNode(node, "app/service.mjs", name);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
      await once(child, "close");
      return { code: child.exitCode, output };
    },
    start: async (node: BookinfoNode) => {
      const child = spawnNode(node, "app/main.mjs");
      processes.set(node.node_id, child);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
      await eventually(`the start of ${node.node_id}`, () => {
        if (child.exitCode !== null) throw new Error(`${node.node_id} ended: ${output}`);
        return output.includes("listens on");
      });
    },
    process: (node: BookinfoNode): ChildProcess => {
      const child = processes.get(node.node_id);
      if (child === undefined) throw new Error(`${node.node_id} was not started`);
      return child;
    },
    close: async () => {
      for (const child of processes.values()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export type BookinfoCluster = Awaited<ReturnType<typeof bookinfoCluster>>;

/** One node of each role, initialised and started in the order of the package. */
export const startBookinfo = async (version: BookinfoVersion, env: Readonly<Record<string, unknown>> = {}): Promise<BookinfoCluster> => {
  const cluster = await bookinfoCluster(version, env);
  try {
    for (const role of ["ratings", "details", "reviews", "productpage"]) await cluster.add(role);
    for (const node of cluster.nodes) {
      await cluster.service(node, "init");
      await cluster.start(node);
    }
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
};

/** Apart from other test runs on this machine by the process id, and from each other by the number. */
const loopbackAddress = (number: number): string => `127.${64 + ((process.pid >> 8) & 63)}.${process.pid & 255}.${10 + number}`;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, loopbackAddress(0));
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};

const unpackTo = async (folder: string, version: BookinfoVersion): Promise<void> => {
  const { packages } = await buildRepository({ versions: [version] });
  const archive = packages.find(({ type }) => type === "vmbased");
  if (archive === undefined) throw new Error("there is no package");
  for (const [path, { bytes }] of await unpack(archive.bytes)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
};
