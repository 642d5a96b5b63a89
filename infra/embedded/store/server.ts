import { randomBytes } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import type { Report } from "../installing.ts";
import { withLock } from "../lock.ts";
import type { Ended, Running } from "../program.ts";
import { readyLimit, waitFor } from "../waiting.ts";
import { urlOf, urlToDatabase } from "./addresses.ts";
import { installStore } from "./install.ts";
import { startNode } from "./node.ts";
import { planNodes, type StoreNode } from "./nodes.ts";
import { establish, isServing, primaryOf, type StoreSet, stepDown } from "./set.ts";
import type { StoreTls } from "./tls.ts";
import { merge, newAdministrator, putUsers, readUsers, type StoreUser, unknownOf, writeUsers } from "./users.ts";

/** How an embedded document store is to be started. */
export type StoreOptions = {
  /** Keeps data, ports, users, logs and process ids; the same directory continues the same store. */
  readonly directory: string;
  /** The port of the first node, the others follow it; free ones if absent, the same at every later start. */
  readonly port?: number;
  readonly nodes?: 1 | 3;
  /** The address by which clients and nodes reach the node of a port, for a proxy in between; `127.0.0.1:<port>` if absent. */
  readonly reached?: (port: number) => Promise<string>;
  /** Added to those that the directory remembers. */
  readonly users?: readonly StoreUser[];
  /** It then speaks TLS only; not remembered by the directory. */
  readonly tls?: StoreTls;
  /** Stop a store that still runs on this directory, instead of refusing. */
  readonly takeOver?: boolean;
  /** It does not keep this process alive. */
  readonly background?: boolean;
  /** Told when a server ends without having been asked to. */
  readonly ended?: Ended;
  /** How long a start may take, in milliseconds; two minutes if absent. */
  readonly limit?: number;
  readonly report?: Report;
};

/** An embedded document store with a primary; its processes end with this one. */
export type StoreServer = {
  /** The administrator's, for everything. */
  readonly url: string;
  /** For the user of one database, where there is one. */
  readonly urlFor: (database: string) => string;
  /** The process ids of the nodes that run. */
  readonly pids: readonly number[];
  /** The number (1 to 3) of the primary; undefined during an election. */
  readonly primary: () => Promise<number | undefined>;
  /** The primary steps down, and another node of three is elected. */
  readonly stepDown: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Ends a node (1 to 3), or all, as a crash would. */
  readonly kill: (node?: number) => Promise<void>;
  /** Starts a node, or all, again on the same ports and data; one that runs is stopped first. */
  readonly restart: (node?: number) => Promise<void>;
};

const usersFile = (directory: string): string => join(directory, "users.json");

/** The key file of the replica set, created once. Only nodes that have it may join. */
const keyIn = (directory: string): string => {
  const file = join(directory, "set.key");
  if (existsSync(file)) return file;
  writeFileSync(`${file}.new`, randomBytes(96).toString("base64"), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
};

const start = async (options: StoreOptions, program: string, directory: string, limit: number): Promise<StoreServer> => {
  const { tls, users: given = [], background = false, ended } = options;
  const nodes = await planNodes(directory, options);
  const reached = options.reached ?? (async (port: number) => `127.0.0.1:${port}`);
  const hosts = await Promise.all(nodes.map(({ port }) => reached(port)));
  const keyFile = keyIn(directory);
  const remembered = readUsers(usersFile(directory)) ?? { administrator: newAdministrator(), users: [] };
  const { administrator } = remembered;
  // Written before the first start, so that a later start can continue one that was killed halfway.
  writeUsers(usersFile(directory), remembered);
  const set: StoreSet = { nodes, hosts, tls, administrator };
  const running = new Map<number, Running>();
  const each = async (id: number | undefined, work: (node: StoreNode) => Promise<unknown>): Promise<void> => {
    await Promise.all(nodes.filter((node) => id === undefined || node.id === id).map(work));
  };
  const living = () => nodes.filter(({ id }) => running.get(id)?.hasExited() === false).map(({ id }) => id);
  const stop = (id?: number) => each(id, async (node) => running.get(node.id)?.stop());
  const restart = async (id: number | undefined, isReady: () => Promise<boolean>): Promise<void> => {
    await stop(id);
    await each(id, async (node) => {
      running.set(node.id, await startNode(node, { program, directory, keyFile, tls, background, ended }));
    });
    const expected = living();
    const over = () => expected.map((each) => running.get(each)).find((each) => each?.hasExited());
    const answer = await waitFor(async () => over() !== undefined || (await isReady()) || undefined, limit, 50);
    const failed = over() ?? (answer ? undefined : running.get(expected[0] ?? 0));
    if (failed) throw await failure(failed, limit);
  };
  try {
    await restart(undefined, () => establish(set));
    const url = urlOf(hosts, tls, administrator);
    const users = merge(remembered.users, given);
    const added = unknownOf(remembered.users, given);
    if (added.length > 0) {
      await putUsers(url, added);
      writeUsers(usersFile(directory), { administrator, users });
    }
    return {
      url,
      urlFor: (database) => {
        const user = users.find((candidate) => candidate.database === database);
        return user ? urlOf(hosts, tls, user) : urlToDatabase(url, database);
      },
      get pids() {
        return living().flatMap((id) => running.get(id)?.pid ?? []);
      },
      primary: () => primaryOf(set),
      stepDown: () => stepDown(set),
      stop: () => stop(),
      kill: (id) => each(id, async (node) => running.get(node.id)?.kill()),
      restart: (id) => restart(id, () => isServing(set, living())),
    };
  } catch (failure) {
    await stop();
    throw failure;
  }
};

const failure = async (node: Running, limit: number): Promise<EmbeddedError> => {
  const what = node.hasExited() ? `ended with ${await node.exited} while it started` : `had no primary within ${limit / 1000} s`;
  return new EmbeddedError("notReady", `the document store ${what}; the end of its log:\n${tail(node.logTail()) || "  (empty)"}`);
};

/** Starts the document store in a directory and waits for a primary; installs it first if necessary. */
export const startStore = async (options: StoreOptions): Promise<StoreServer> => {
  const directory = resolve(options.directory);
  const limit = options.limit ?? readyLimit;
  const program = await installStore(options.report);
  return withLock(join(directory, "start.lock"), 2 * limit, () => start(options, program, directory, limit));
};
