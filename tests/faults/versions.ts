import { setTimeout as pause } from "node:timers/promises";
import { codec } from "../../events/codec/codec.ts";
import type { kafkaLog } from "../../events/kafka/log.ts";
import { recordsOf } from "../../events/log/record.ts";
import type { Message } from "../../events/message.ts";
import type { EncodedEvent, OutgoingRecord } from "../../events/ports.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../../services/chassis/contract.ts";

/** The read model of the cluster service that holds application versions, whose events no service of a fault run announces. */
export const MODEL = "appVersions";

const texts = [
  "home",
  "icon",
  "screenshots",
  "maintainers",
  "keywords",
  "sources",
  "readme",
  "configJson",
  "template",
  "values",
  "valuesSchema",
];
const content = {
  ...Object.fromEntries(texts.map((name) => [name, ""])),
  version: "1.0.0",
  packageName: "p",
  packageOwner: "app",
  visibility: "public",
};

/** Writes an event of an application with each released version of its schema in turn, as the builds of all times have. */
const everyVersion = () => {
  const own = schemas.filter(({ aggregate }) => aggregate === "app");
  const writers = new Map(own.map((schema) => [schema, codec([schema])]));
  const fieldsOf = (schema: object): readonly string[] =>
    (Reflect.get(schema, "fields") as readonly { readonly name: string }[]).map(({ name }) => name); // Each is an Avro record.
  return (event: Message, nth: number): EncodedEvent => {
    const versions = own.filter((each) => each.event === event.type);
    const schema = versions[nth % versions.length];
    const writer = schema && writers.get(schema);
    if (!schema || !writer) throw new Error(`no schema for ${event.type}`);
    const known = new Set(["type", ...fieldsOf(schema.schema)]);
    return writer.encode("app", Object.fromEntries(Object.entries(event).filter(([name]) => known.has(name))) as Message); // Its type is kept.
  };
};

/** Announces application versions and new packages of them, each stream in its order. `apps`: so many streams. `old`: in every version of the schemas. */
export const announcing = (log: Pick<ReturnType<typeof kafkaLog>, "publish">, apps: number, old = false) => {
  const released = codec(schemas);
  const encode = old ? everyVersion() : (event: Message) => released.encode("app", event);
  const versions = new Map<number, number>();
  let count = 0;
  const next = (): readonly OutgoingRecord[] => {
    const nth = count++;
    const app = nth % apps;
    const version = (versions.get(app) ?? 0) + 1;
    versions.set(app, version);
    const ids = { appId: `app-${app}`, versionId: `appv-${app}`, packageDigest: `sha256:${nth}` };
    const created = { description: "", appName: "", name: "", versionType: "vmbased", sequence: 0, status: "active" };
    const event: Message =
      version === 1
        ? { type: "AppVersionCreated", ...content, ...ids, ...created, ...{ owner: "system", ownerPath: ":system" } }
        : { type: "AppVersionPackageReplaced", ...content, ...ids, ...{ published: nth % 3 === 0 } };
    const metadata = {
      ...{ time: new Date().toISOString(), actor: { userId: "system", ownerPath: ":system" }, correlationId: "seed", causationId: null },
      ...{ actionId: null, row: "seed", traceparent: null, hops: 0, fingerprint: null },
    };
    const bare = { cause: null, rejection: null, claims: [], publish: false, effects: [], timers: [] };
    return recordsOf(contract, "app", { stream: `app/app-${app}`, version, events: [encode(event, nth)], ...bare, metadata });
  };
  return {
    count: (): number => count,
    /** So many events at once. */
    seed: async (events: number, report: (done: number) => void): Promise<void> => {
      for (const until = count + events; count < until; report(count))
        await log.publish(Array.from({ length: Math.min(2_000, until - count) }, next).flat());
    },
    /** So many events a second, until it is stopped. */
    pour: (rate: number): { readonly stop: () => Promise<void> } => {
      let isOver = false;
      const [began, before] = [Date.now(), count];
      const over = (async () => {
        while (!isOver) {
          const due = before + Math.floor(((Date.now() - began) * rate) / 1_000) - count;
          const batch = Array.from({ length: Math.min(1_000, Math.max(0, due)) }, next).flat();
          if (batch.length > 0) await log.publish(batch);
          await pause(20);
        }
      })();
      return {
        stop: () => {
          isOver = true;
          return over;
        },
      };
    },
  };
};
