import { type Db, type Document, MongoClient, MongoServerError } from "mongodb";
import { isListening } from "../ports.ts";
import { urlOfNode } from "./addresses.ts";
import { type StoreNode, setName } from "./nodes.ts";
import type { StoreTls } from "./tls.ts";
import type { StoreUser } from "./users.ts";

/** The replica set of a directory. */
export type StoreSet = {
  readonly nodes: readonly StoreNode[];
  /** The addresses of the members, for clients and for the nodes themselves. */
  readonly hosts: readonly string[];
  readonly tls: StoreTls | undefined;
  readonly administrator: StoreUser;
};

const codes = { unauthorized: 13, authenticationFailed: 18, alreadyInitialized: 23, notYetInitialized: 94 } as const;

/** The result of a command; undefined if the server rejects the command with one of these codes. */
const unless = async <T>(reasons: readonly (keyof typeof codes)[], work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MongoServerError && reasons.some((reason) => codes[reason] === error.code)) return undefined;
    throw error;
  }
};

/** Sends a question to one node directly, as this user, or without one while the replica set has no users. */
const ask = async <T>({ port }: StoreNode, tls: StoreTls | undefined, user: StoreUser | undefined, question: (admin: Db) => Promise<T>) => {
  const client = new MongoClient(urlOfNode(`127.0.0.1:${port}`, tls, user), { serverSelectionTimeoutMS: 2_000, connectTimeoutMS: 2_000 });
  try {
    return await question(client.db("admin"));
  } finally {
    await client.close();
  }
};

/** The node's answer to `hello`; undefined if it does not answer. */
const hello = async (node: StoreNode, tls: StoreTls | undefined): Promise<Document | undefined> => {
  if (!(await isListening(node.port))) return undefined;
  return ask(node, tls, undefined, (admin) => admin.command({ hello: 1 })).catch(() => undefined);
};

/** The number of the primary; undefined during an election. */
export const primaryOf = async ({ nodes, tls }: StoreSet): Promise<number | undefined> => {
  const answers = await Promise.all(nodes.map(async (node) => ({ node, answer: await hello(node, tls) })));
  return answers.find(({ answer }) => answer?.isWritablePrimary === true)?.node.id;
};

/** Whether all these nodes are primary or secondary, and one of them is primary if they are a majority. */
export const isServing = async ({ nodes, tls }: StoreSet, living: readonly number[]): Promise<boolean> => {
  const asked = nodes.filter(({ id }) => living.includes(id));
  const answers = await Promise.all(asked.map((node) => hello(node, tls)));
  const takesWrites = answers.some((answer) => answer?.isWritablePrimary === true);
  return answers.every((answer) => answer?.isWritablePrimary || answer?.secondary) && (takesWrites || 2 * living.length <= nodes.length);
};

/** Makes the primary step down, and keeps it from being elected again for ten seconds. */
export const stepDown = async (set: StoreSet): Promise<void> => {
  const primary = await primaryOf(set);
  const node = set.nodes.find(({ id }) => id === primary);
  if (node) await ask(node, set.tls, set.administrator, (admin) => admin.command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 2 }));
};

/** Initiates the replica set, or gives the members of an existing one their new addresses. */
const form = async ({ nodes: [first], hosts, tls, administrator }: StoreSet): Promise<void> => {
  if (!first) return;
  const members = hosts.map((host, _id) => ({ _id, host }));
  const config = { _id: setName, members, settings: { electionTimeoutMillis: 3_000 } };
  const initiated = await ask(first, tls, undefined, (admin) =>
    unless(["unauthorized", "alreadyInitialized"], admin.command({ replSetInitiate: config })),
  );
  if (initiated) return;
  await ask(first, tls, administrator, async (admin) => {
    const known = await unless(["notYetInitialized", "authenticationFailed"], admin.command({ replSetGetConfig: 1 }));
    if (!known || known.config.members.every((member: Document, index: number) => member.host === hosts[index])) return;
    // Forced, because a node that is not in the configuration has no vote.
    await admin.command({ replSetReconfig: { ...known.config, version: known.config.version + 1, members }, force: true });
  });
};

/** Takes the next step towards a replica set that serves and has its administrator; true when it has both. Every step can be repeated after a crash. */
export const establish = async (set: StoreSet): Promise<boolean> => {
  const { nodes, tls, administrator } = set;
  const answers = await Promise.all(nodes.map((node) => hello(node, tls)));
  if (answers.includes(undefined)) return false;
  if (answers.every((answer) => answer?.setName === undefined)) await form(set);
  const primary = await primaryOf(set);
  const taking = nodes.find(({ id }) => id === primary);
  if (
    !taking ||
    !(await isServing(
      set,
      nodes.map(({ id }) => id),
    ))
  )
    return false;
  const { user, password } = administrator;
  // The server rejects this if the administrator exists, since it then wants a login.
  const made = { createUser: user, pwd: password, roles: ["root"], mechanisms: ["SCRAM-SHA-256"] };
  await ask(taking, tls, undefined, (admin) => unless(["unauthorized"], admin.command(made)));
  return true;
};
