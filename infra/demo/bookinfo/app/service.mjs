/** The services of a node: node app/service.mjs init | check | stop | scaled | destroy. Each may run twice. */
import { setTimeout as pause } from "node:timers/promises";
import { removeData, writeData } from "./data.mjs";
import { readMetadata, settingsOf } from "./metadata.mjs";
import { request } from "./peers.mjs";

const metadata = readMetadata();
const { self, hosts } = metadata;

/** The running program of this node; undefined if none runs or another program uses the address. */
const running = async () => {
  const health = await request(self.address, settingsOf(metadata).port, "/health").catch(() => undefined);
  return health?.node_id === self.node_id ? health : undefined;
};

const until = async (condition, what) => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await condition()) return;
    await pause(100);
  }
  throw new Error(`${what} did not happen within 10 s`);
};

const signal = (pid, name) => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
};

const addresses = (nodes) => nodes.map((node) => node.address).join();
const knowsPeers = (health) => Object.entries(hosts).every(([role, nodes]) => addresses(nodes) === (health.hosts[role] ?? []).join());

const services = {
  init: () => console.log(writeData(self.role)),

  check: async () => {
    if ((await running()) === undefined) throw new Error(`${self.role} does not answer on ${self.address}`);
  },

  stop: async () => {
    const health = await running();
    if (health === undefined) return;
    signal(health.pid, "SIGTERM");
    await until(async () => (await running()) === undefined, "the stop");
  },

  /** After a change of the cluster's size: the running program knows its peers. */
  scaled: async () => {
    const health = await running();
    if (health === undefined || knowsPeers(health)) return;
    signal(health.pid, "SIGHUP");
    await until(async () => {
      const now = await running();
      return now === undefined || knowsPeers(now);
    }, "the reload");
  },

  destroy: removeData,
};

const [name] = process.argv.slice(2);
const service = Object.hasOwn(services, name ?? "") ? services[name] : undefined;
try {
  if (service === undefined) throw new Error(`usage: node app/service.mjs ${Object.keys(services).join(" | ")}`);
  await service();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
