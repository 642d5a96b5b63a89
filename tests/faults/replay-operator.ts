import { setTimeout as pause } from "node:timers/promises";
import { type Db, MongoClient } from "mongodb";
import type { Pointer } from "../../events/ports.ts";
import { databaseOf } from "../../infra/platform/platform.ts";
import { CommandFailed, exitCodes } from "../../services/chassis/operator/failure.ts";
import { connectPlatform, type Platform } from "../../services/cli/connection.ts";
import { readSetup } from "../../services/cli/environment.ts";
import type { Located } from "../../services/cli/operator.ts";
import { judgedRebuild, move, statusOf, type Verification } from "../../services/cli/replay.ts";
import { tables } from "./composition.ts";
import { readDatabase, readLog } from "./evidence.ts";
import { type Finding, finding } from "./findings.ts";
import type { Fixture } from "./fixture.ts";
import { differences, factsOnLog, rebuild } from "./models.ts";
import { MODEL } from "./versions.ts";

const SERVICE = "cluster";
const target = { service: SERVICE, model: MODEL };
const PATIENCE = 120_000;
const FOLLOWS = 20_000;

/** Somebody who operates the cluster service of a fault run as the `pitrix` command does, and asks again while nobody answers. */
export const replayOperator = (fixture: Fixture) => {
  const never = new AbortController().signal;
  const client = new MongoClient(fixture.store.url, { promoteBuffers: true });
  const database = (): Db => client.db(databaseOf(SERVICE));

  const ask = async <T>(work: (platform: Platform) => Promise<T>): Promise<T> => {
    for (const until = Date.now() + PATIENCE; ; await pause(200)) {
      const [url = "http://127.0.0.1:1"] = fixture.services[SERVICE].urls();
      const platform = connectPlatform(readSetup({ PITRIX_SERVICES: `${SERVICE}=${url}`, PITRIX_SEALING_KEYS: fixture.keys }, "nowhere"));
      try {
        return await work(platform);
      } catch (error) {
        const isOver = !(error instanceof CommandFailed) || error.code !== exitCodes.unavailable || Date.now() > until;
        if (isOver) throw error;
      } finally {
        await platform.close();
      }
    }
  };
  const status = (): Promise<Located> => ask((platform) => statusOf(platform, target));
  const until = async (what: string, is: (model: Located) => boolean): Promise<Located> => {
    for (const limit = Date.now() + PATIENCE; ; await pause(200)) {
      const model = await status();
      if (is(model)) return model;
      if (Date.now() > limit) throw new Error(`${what}: ${JSON.stringify(model).slice(0, 2_000)}`);
    }
  };

  return {
    status,
    until,
    /** Carries out a change once, however often its answer is lost: `isDone` says that it was. */
    change: async (
      action: Parameters<typeof move>[2],
      more: Parameters<typeof move>[3],
      isDone: (model: Located) => boolean,
    ): Promise<void> => {
      try {
        await ask((platform) => move(platform, target, action, more));
      } catch (error) {
        if (!isDone(await status())) throw error;
      }
    },
    verdict: (): Promise<Verification> => ask((platform) => judgedRebuild(platform, target, undefined, () => {}, never)),
    /** Looks all the time at what queries read: a collection that lacks something of what it had is a broken promise. */
    watch: (least: number) => {
      const broken: Finding[] = [];
      const swaps: string[] = [];
      let looks = 0;
      let isOver = false;
      const active = async (): Promise<Pointer | null> => {
        const found = await database().collection<{ readonly _id: string } & Pointer>("pointers").findOne({ _id: MODEL });
        return found;
      };
      const over = (async () => {
        while (!isOver) {
          const before = await active();
          const count = before?.active ? await database().collection(before.active).estimatedDocumentCount() : 0;
          const after = await active();
          looks++;
          if (before?.active && swaps.at(-1) !== before.active) swaps.push(before.active);
          if (before?.active === after?.active && count < least)
            broken.push(
              finding("lost", "queries read a whole collection", MODEL, `${before?.active} has ${count} documents and not ${least}`),
            );
          await pause(20);
        }
      })();
      return {
        stop: async () => {
          isOver = true;
          await over;
          return { broken, swaps, looks };
        },
      };
    },
    /** The active collection against a fold of the log, once nothing is announced any more and it has had time to follow. */
    compared: async (): Promise<readonly Finding[]> => {
      const { active } = await status();
      const projection = tables.find(({ name }) => name === SERVICE)?.projections?.find(({ name }) => name === MODEL);
      if (!projection || active === null) throw new Error(`${MODEL} is not there`);
      const facts = factsOnLog(await readLog(fixture.connection));
      const fresh = rebuild(projection, facts);
      for (const limit = Date.now() + FOLLOWS; ; await pause(500)) {
        const stored = await readDatabase(database(), [active]);
        const found = [...differences(active, stored.models.get(active), fresh)];
        if (found.length === 0 || Date.now() > limit)
          return found.map(({ about, message }) => finding("divergent", "the promoted collection equals a full rebuild", about, message));
      }
    },
    close: () => client.close(),
  };
};
export type ReplayOperator = ReturnType<typeof replayOperator>;
