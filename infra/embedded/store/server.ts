import { join, resolve } from "node:path";
import type { Report } from "../installing.ts";
import { withLock } from "../lock.ts";
import { demandFree, freePorts } from "../ports.ts";
import { demandStopped, type Ended } from "../program.ts";
import { readyLimit } from "../waiting.ts";
import { installStore, type StoreForm, type StoreInstallation } from "./install.ts";
import { formFor, readStore, writeStore } from "./kept.ts";
import { launchStore, type StoreTls, storePidFile, withTls } from "./launch.ts";
import { merge, newAdministrator, putUsers, readUsers, type StoreUser, unknownOf, urlOf, urlToDatabase, writeUsers } from "./users.ts";

/** How an embedded document store is to be started. */
export type StoreOptions = {
  /** Keeps data, port, users, log and process id; the same directory continues the same store. */
  readonly directory: string;
  /** A free one if absent, the same at every later start. */
  readonly port?: number;
  /** Added to those that the directory remembers; they imply `auth`. */
  readonly users?: readonly StoreUser[];
  readonly auth?: boolean;
  /** It then speaks TLS only; not remembered by the directory. */
  readonly tls?: StoreTls;
  /** For a new directory: the native form if it is compiled, else the wheel. */
  readonly form?: StoreForm;
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

/** An embedded document store that answers; its process ends with this one. */
export type StoreServer = {
  /** For everything: with authentication it is the administrator's. */
  readonly url: string;
  /** For the user of one database, where there is one. */
  readonly urlFor: (database: string) => string;
  readonly form: StoreForm;
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
  /** Ends it as a crash would. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port and data; if it runs it is stopped first. */
  readonly restart: () => Promise<void>;
};

const usersFile = (directory: string): string => join(directory, "users.json");

const claimPort = async (directory: string, { port, takeOver = false }: StoreOptions): Promise<number> => {
  await demandStopped(storePidFile(directory), "the document store", takeOver);
  const [free = 0] = await freePorts(1);
  const chosen = port ?? readStore(directory)?.port ?? free;
  await demandFree(chosen, "the document store", "choose another port");
  return chosen;
};

const start = async (options: StoreOptions, installation: StoreInstallation, directory: string, limit: number): Promise<StoreServer> => {
  const port = await claimPort(directory, options);
  writeStore(directory, { port, form: installation.form });
  const { tls } = options;
  const open = withTls(`mongodb://127.0.0.1:${port}/`, tls);
  const remembered = readUsers(usersFile(directory));
  const given = options.users ?? [];
  const auth = options.auth ?? (given.length > 0 || remembered !== undefined);
  const administrator = remembered?.administrator ?? newAdministrator();
  const users = merge(remembered?.users ?? [], given);
  const run = (withAuth: boolean) =>
    launchStore({
      installation,
      directory,
      port,
      auth: withAuth,
      tls,
      limit,
      background: options.background ?? false,
      ended: options.ended,
    });

  if (auth && !remembered) {
    const first = await run(false);
    try {
      await putUsers(open, users, administrator);
      writeUsers(usersFile(directory), { administrator, users });
    } finally {
      await first.stop();
    }
  }
  let running = await run(auth);
  const added = remembered ? unknownOf(remembered.users, given) : [];
  if (auth && added.length > 0) {
    try {
      await putUsers(withTls(urlOf(port, administrator), tls), added);
      writeUsers(usersFile(directory), { administrator, users });
    } catch (failure) {
      await running.stop();
      throw failure;
    }
  }
  const url = auth ? withTls(urlOf(port, administrator), tls) : open;
  return {
    url,
    urlFor: (database) => {
      const user = auth ? users.find((candidate) => candidate.database === database) : undefined;
      return user ? withTls(urlOf(port, user), tls) : urlToDatabase(url, database);
    },
    form: installation.form,
    get pids() {
      return running.hasExited() ? [] : [running.pid];
    },
    stop: () => running.stop(),
    kill: () => running.kill(),
    restart: async () => {
      await running.stop();
      running = await run(auth);
    },
  };
};

/** Starts the document store in a directory and waits until it answers; installs it first if need be. */
export const startStore = async (options: StoreOptions): Promise<StoreServer> => {
  const directory = resolve(options.directory);
  const limit = options.limit ?? readyLimit;
  const installation = await installStore(options.report, formFor(directory, options.form));
  return withLock(join(directory, "start.lock"), 2 * limit, () => start(options, installation, directory, limit));
};
