import { type Db, type Document, MongoClient, MongoServerError } from "mongodb";
import { isListening } from "../ports.ts";
import { urlOfNode } from "./addresses.ts";
import { type StoreNode, setName } from "./nodes.ts";
import type { StoreTls } from "./tls.ts";
import type { StoreUser } from "./users.ts";

/** The replica set of a directory. */
export type StoreSet = {
  readonly nodes: readonly StoreNode[];
  /** Where clients, and the nodes each other, reach the nodes. */
  readonly hosts: readonly string[];
  readonly tls: StoreTls | undefined;
  readonly administrator: StoreUser;
};

const codes = { unauthorized: 13, authenticationFailed: 18, alreadyInitialized: 23, notYetInitialized: 94 } as const;

/** What the work gives; undefined if the server refuses it for one of these reasons. */
const unless = async <T>(reasons: readonly (keyof typeof codes)[], work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MongoServerError && reasons.some((reason) => codes[reason] === error.code)) return undefined;
    throw error;
  }
};

/** Asks one node itself: as a user, or, as long as there is none, as who has just made the node. */
const ask = async <T>({ port }: StoreNode, tls: StoreTls | undefined, user: StoreUser | undefined, question: (admin: Db) => Promise<T>) => {
  const client = new MongoClient(urlOfNode(`127.0.0.1:${port}`, tls, user), { serverSelectionTimeoutMS: 2_000, connectTimeoutMS: 2_000 });
  try {
    return await question(client.db("admin"));
  } finally {
    await client.close();
  }
};

/** What a node says of itself; undefined if it does not answer. */
const hello = async (node: StoreNode, tls: StoreTls | undefined): Promise<Document | undefined> => {
  if (!(await isListening(node.port))) return undefined;
  return ask(node, tls, undefined, (admin) => admin.command({ hello: 1 })).catch(() => undefined);
};

/** The number of the node that takes writes. */
export const primaryOf = async ({ nodes, tls }: StoreSet): Promise<number | undefined> => {
  const answers = await Promise.all(nodes.map(async (node) => ({ node, answer: await hello(node, tls) })));
  return answers.find(({ answer }) => answer?.isWritablePrimary === true)?.node.id;
};

/** Whether these nodes take part, and one of them takes writes if they are the majority. */
export const isServing = async ({ nodes, tls }: StoreSet, living: readonly number[]): Promise<boolean> => {
  const asked = nodes.filter(({ id }) => living.includes(id));
  const answers = await Promise.all(asked.map((node) => hello(node, tls)));
  const takesWrites = answers.some((answer) => answer?.isWritablePrimary === true);
  return answers.every((answer) => answer?.isWritablePrimary || answer?.secondary) && (takesWrites || 2 * living.length <= nodes.length);
};

/** Asks the node that takes writes to let another one take them, and not to take them again for a while. */
export const stepDown = async (set: StoreSet): Promise<void> => {
  const primary = await primaryOf(set);
  const node = set.nodes.find(({ id }) => id === primary);
  if (node) await ask(node, set.tls, set.administrator, (admin) => admin.command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 2 }));
};

/** Makes the nodes a set, or tells a set of nodes that have moved where they are. */
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
    // By force: a node that does not find itself in the set has no vote.
    await admin.command({ replSetReconfig: { ...known.config, version: known.config.version + 1, members }, force: true });
  });
};

/** A step towards a set that serves, with its administrator; whether it is reached. Each may be taken again after a crash. */
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
  // Refused when there is one, since then only the administrator may make users.
  const made = { createUser: user, pwd: password, roles: ["root"], mechanisms: ["SCRAM-SHA-256"] };
  await ask(taking, tls, undefined, (admin) => unless(["unauthorized"], admin.command(made)));
  return true;
};
