import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { type Fate, kind } from "../../../events/memory/fate.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Clock } from "../../../events/ports.ts";
import { access, withAccess } from "../../../services/chassis/access/access.ts";
import { breakers } from "../../../services/chassis/process/breaker.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { logging } from "../../../services/chassis/process/logging.ts";
import { serve } from "../../../services/chassis/serve.ts";
import type { AnyService } from "../../../services/chassis/service.ts";
import { ownTools, served } from "./world.ts";

type Line = { readonly [field: string]: unknown };

/** An instance of a service over HTTP whose clock a test moves, whose log, store and documents it holds up, and whose log lines it reads. */
export const watchedService = async (service: AnyService) => {
  const base = await served({ name: "nothing", aggregates: {} });
  const ground = { ahead: 0, publishing: Promise.resolve(), calls: async (_call: string): Promise<void> => {} };
  const clock: Clock = { ...systemClock, now: () => Date.now() + ground.ahead };
  const database = memoryDatabase();
  const fate: Fate = { before: (call) => ground.calls(call), after: kind.after };
  const documents = memoryDocuments(database, fate);
  const stops: (() => Promise<void>)[] = [];

  const start = async (id: string) => {
    const own = ownTools(service, documents);
    const measured = own.metrics;
    const lines: Line[] = [];
    const logger = logging("info", { service: service.name, instance: id }, { write: (line) => void lines.push(JSON.parse(line)) });
    const broken = breakers({ onAttempt: measured.call, onState: measured.breaker, volume: 1_000 });
    const log = {
      ...base.log,
      publish: async (records: Parameters<typeof base.log.publish>[0]) => {
        await ground.publishing;
        await base.log.publish(records);
      },
    };
    const ports = { store: memoryStore(database, fate, clock.now), documents, parking: memoryParking(database, kind), log, clock };
    const tools = { ...base.tools, ...own, clock, log, logger, guard: broken.guard };
    const options = { id, port: 0, address: "127.0.0.1", ports, sealing: base.sealed, wait: 50 };
    const serving = await serve(withAccess(service), tools, options);
    stops.push(async () => {
      await serving.stop();
      broken.stop();
    });
    return {
      ...serving,
      ports,
      lines,
      metrics: measured,
      guard: broken.guard,
      /** The value of a figure, by its name and labels as Prometheus reads them. */
      figure: async (name: string, labels: Record<string, string> = {}): Promise<number | undefined> => {
        const text = await (await fetch(`${serving.url}/metrics`)).text();
        const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
        const line = text.split("\n").find((each) => /^[\w:]+/.exec(each)?.[0] === name && wanted.every((label) => each.includes(label)));
        return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ") + 1));
      },
    };
  };
  const first = await start("one");
  await documents.write("access__v1", [
    {
      document: {
        ...{ id: "signingKey/key-1", stream: "signingKey/key-1", version: 1, deleted: false },
        value: { ...access.initialState, kind: "key", publicJwk: base.key.publicJwk },
      },
      expected: 0,
    },
  ]);
  const authorization = `Bearer ${await base.token("system")}`;
  return {
    ...first,
    ground,
    start,
    /** Sends a request to the first instance. */
    send: async (method: string, path: string, body: object, headers: Record<string, string> = {}) => {
      const all = { authorization, "content-type": "application/json", ...headers };
      const answer = await fetch(`${first.url}${path}`, { method, headers: all, body: JSON.stringify(body) });
      // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field.
      const given: any = await answer.json();
      return { status: answer.status, body: given };
    },
    stop: async (): Promise<void> => {
      for (const stop of stops.toReversed()) await stop();
      await base.stop();
    },
  };
};

/** Something that waits until it is let go. */
export const gate = () => {
  let open = (): void => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open: () => open() };
};
