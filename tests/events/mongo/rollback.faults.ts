import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Collection, MongoClient } from "mongodb";
import { mongo } from "../../../events/mongo/connect.ts";
import { type StoreServer, startStore } from "../../../infra/embedded/store/server.ts";
import { commitOf } from "../../contract/commits.ts";
import { eventually } from "../../eventually.ts";
import { type Finding, finding } from "../../faults/findings.ts";
import { type RowOutcome, type RunOptions, scaled } from "../../faults/row.ts";

const DATABASE = "rollback";
const WRITERS = 8;
/** So many writes of the control must be lost, or the run proves nothing. */
const MIN_ROLLED_BACK = 50;
/** Megabytes: more than the buffers of two connections hold. */
const BALLAST = 40;

/**
 * Appends commits while, in every round, the secondaries are stopped, the primary accepts writes that they do not get, and is killed. The
 * secondaries continue and elect a new primary; the old one comes back and rolls these writes back. None of them may have been acknowledged.
 * The control writes with the acknowledgement of the primary alone, and loses what was acknowledged.
 */
export const rolledBack = async ({ directory, factor, report }: RunOptions): Promise<RowOutcome> => {
  mkdirSync(directory, { recursive: true });
  report("starts three nodes of the document store");
  const server = await startStore({ directory, nodes: 3 });
  const instance = mongo({ url: server.url, database: DATABASE });
  const client = new MongoClient(server.url, { readConcern: { level: "majority" } });
  const control: ControlCollection = client.db(DATABASE).collection("control");
  try {
    await instance.store.append(commitOf("cluster/first", 1));
    const ending = new AbortController();
    const acknowledged: string[] = [];
    const over = Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let n = 0; !ending.signal.aborted; n++) {
          const stream = `cluster/${writer}-${n}`;
          // Repeated until the store acknowledges it, as the executor does.
          await eventually("a commit is acknowledged", () => appended(instance.store.append, stream), 120_000);
          acknowledged.push(stream);
        }
      }),
    );
    over.catch(() => {});
    const rounds = scaled(10, factor, 2);
    const told: string[] = [];
    for (let round = 0; round < rounds; round++) {
      told.push(...(await alone(server, control, round)));
      report(`${round + 1}/${rounds} rollbacks, ${acknowledged.length} commits`);
      const enough = acknowledged.length + 100;
      await eventually("commits go in again", () => acknowledged.length >= enough, 120_000);
    }
    const lastFault = Date.now();
    ending.abort();
    await over;
    const missing: string[] = [];
    for (const stream of acknowledged) if ((await instance.store.read(stream, 0)).length !== 1) missing.push(stream);
    const kept = await control.countDocuments({ _id: { $in: told } });
    const lost = told.length - kept;
    const findings: readonly Finding[] = [
      ...missing.map((stream) => finding("lost", "a write that is rolled back was never acknowledged", stream, "the commit is not there")),
      ...(lost >= MIN_ROLLED_BACK
        ? []
        : [finding("unfinished", "writes are rolled back, else the run proves nothing", "", `only ${lost} were`)]),
    ];
    const note = `rolled back: ${missing.length} of ${acknowledged.length} commits that a majority acknowledged, ${lost} of ${told.length} writes that one node acknowledged; its commands are commits`;
    return { commands: acknowledged.length, kills: rounds, findings, converged: (Date.now() - lastFault) / 1_000, note };
  } finally {
    await Promise.all([instance.close(), client.close()]);
    await server.stop();
  }
};

/** Whether a commit was acknowledged. An error leaves that open: the next attempt finds the commit if it is there. */
const appended = async (append: (commit: ReturnType<typeof commitOf>) => Promise<number>, stream: string): Promise<boolean> => {
  try {
    await append(commitOf(stream, 1, { cause: stream }));
    return true;
  } catch {
    return false;
  }
};

type ControlCollection = Collection<{ readonly _id: string; readonly bytes?: Uint8Array }>;

/** One round. The result names the writes of the control that the primary acknowledged alone. */
const alone = async (server: StoreServer, control: ControlCollection, round: number): Promise<readonly string[]> => {
  const primary = await eventually("a primary is elected", server.primary);
  const [died, ...others] = [primary, ...[1, 2, 3].filter((node) => node !== primary)].map((node) => server.pids[node - 1] ?? 0);
  if (!died || others.length !== 2) throw new Error("not all three nodes run");
  const told: string[] = [];
  for (const pid of others) process.kill(pid, "SIGSTOP");
  try {
    // The secondaries still read what the connections have buffered after the primary has died. So the buffers are filled first, with bytes that do not compress.
    const ballast = Array.from({ length: BALLAST }, (_, n) => ({ _id: `ballast ${round}-${n}`, bytes: randomBytes(1_000_000) }));
    await control.insertMany(ballast, { writeConcern: { w: 1 } });
    for (const until = Date.now() + 2_000; Date.now() < until && told.length < 4 * MIN_ROLLED_BACK; ) {
      const _id = `${round}-${told.length}`;
      await control.insertOne({ _id }, { writeConcern: { w: 1, journal: true } });
      told.push(_id);
    }
    await server.kill(primary);
  } finally {
    for (const pid of others) process.kill(pid, "SIGCONT");
  }
  await eventually("the secondaries elect a primary", server.primary, 120_000);
  await pause(500);
  await server.restart(primary);
  return told;
};
