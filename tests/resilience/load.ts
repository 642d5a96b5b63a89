import { setTimeout as pause } from "node:timers/promises";
import { operations } from "../../schemas/generated/http.ts";
import type { History } from "../faults/history.ts";
import { chance } from "../faults/random.ts";
import type { ServiceName } from "./fixture.ts";
import type { Note } from "./notes.ts";
import type { Thing } from "./things.ts";

export type LoadOptions = {
  /** The gateways that take requests just now. */
  readonly gateways: () => readonly string[];
  readonly things: readonly Thing[];
  readonly history: History;
  /** Requests a second; they are sent when their time has come, whatever became of those before. */
  readonly rate: number;
  readonly seed: number;
};
export type Load = {
  readonly notes: readonly Note[];
  /** Milliseconds that the gateway took all the while to say that it has no such operation: as long as it takes without any service. */
  readonly own: readonly number[];
  /** Requests that were not sent, since too many waited. */
  readonly skipped: () => number;
  /** All requests go to this service, until it is let go. */
  readonly focus: (service: ServiceName | undefined) => void;
  readonly flightsTo: (gateway: string) => number;
  /** Begins no request any more; resolves when every command is acknowledged and every thing was read. Says what could not be. */
  readonly end: (seconds: number) => Promise<readonly string[]>;
};

/** A name that was asked for. It counts from `at` on, and is the last one from its acknowledgement on. */
type Given = { readonly name: string; readonly key: string; readonly number: number; readonly at: number };
type Owned = { readonly thing: Thing; name: string; position: string; open: Given | undefined; inFlight: boolean };

const TIMEOUT = 30_000;
const WRITES = 0.35;
/** No more wait at a time: a machine that is too slow for the rate shall be loaded and not drowned. */
const MOST = 60;

/** People who read and rename what they have, at a given rate. Who gets no answer to a command sends it again under its key. */
export const startLoad = ({ gateways, things, history, rate, seed }: LoadOptions): Load => {
  const random = chance(seed);
  const notes: Note[] = [];
  const flights = new Map<string, number>();
  const owned = things.map((thing): Owned => ({ thing, name: "", position: "", open: undefined, inFlight: false }));
  const services = [...new Set(things.map(({ service }) => service))];
  let wanted: ServiceName | undefined;
  let turn = 0;
  let number = 0;
  let skipped = 0;
  let going = true;

  const send = async ({ thing: { owner, ...thing } }: Owned, kind: Note["kind"], path: string, more: RequestInit & { headers: object }) => {
    const all = gateways();
    const gateway = all[turn % Math.max(1, all.length)] ?? "";
    flights.set(gateway, (flights.get(gateway) ?? 0) + 1);
    const at = Date.now();
    const began = performance.now();
    const base = { service: thing.service, kind, about: thing.id, at };
    try {
      const headers = { authorization: `Bearer ${owner.token}`, ...more.headers };
      const answer = await fetch(new URL(path, gateway), { ...more, headers, signal: AbortSignal.timeout(TIMEOUT) });
      const text = await answer.text();
      const header = (name: string) => answer.headers.get(name) ?? "";
      return {
        ...{ ...base, end: Date.now(), took: performance.now() - began, status: answer.status, text, shown: "", wanted: [] },
        ...{ retryAfter: header("retry-after") !== "", warning: header("warning"), pending: header("pitrix-pending") !== "" },
        age: header("age") === "" ? undefined : Number(header("age")),
        position: header("pitrix-position"),
      };
    } catch (error) {
      const text = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      const none = { retryAfter: false, warning: "", age: undefined, pending: false, position: "", shown: "", wanted: [] };
      return { ...base, end: Date.now(), took: performance.now() - began, status: 0, text, ...none };
    } finally {
      flights.set(gateway, (flights.get(gateway) ?? 1) - 1);
    }
  };

  const read = async (one: Owned): Promise<void> => {
    const { thing, name, position } = one;
    // The names that it may have: the last acknowledged one, and whatever was asked for meanwhile.
    const names = new Set([name, ...(one.open ? [one.open.name] : [])]);
    const watching = { names };
    watchers.add(watching);
    const query = new URLSearchParams({ [thing.field]: thing.id });
    const headers = position === "" ? {} : { "pitrix-wait-for": position };
    const { position: _, ...note } = await send(one, "read", `${operations[thing.read].path}?${query}`, { headers });
    watchers.delete(watching);
    const shown = note.status === 200 ? thing.shown(JSON.parse(note.text)) : "";
    const fresh = note.status === 200 && note.warning === "" && !note.pending && thing.change && name !== "";
    notes.push({ ...note, shown, wanted: fresh ? [...names] : [], text: note.status === 200 ? "" : note.text.slice(0, 300) });
  };
  const watchers = new Set<{ readonly names: Set<string> }>();

  const write = async (one: Owned): Promise<void> => {
    const { thing } = one;
    if (!thing.change) return read(one);
    const process = owned.indexOf(one);
    if (!one.open) {
      number++;
      const key = `${seed}-${number}`;
      one.open = { name: `${thing.change} ${key}`, key, number, at: Date.now() };
      history.note({ type: "invoke", process, number, operation: thing.change, key, principal: thing.owner.userId });
    }
    const given = one.open;
    for (const { names } of watchers) names.add(given.name);
    one.inFlight = true;
    const { method, path } = operations[thing.change];
    const { position, ...note } = await send(one, "write", path, {
      method: method.toUpperCase(),
      headers: { "content-type": "application/json", "idempotency-key": given.key },
      body: JSON.stringify({ [thing.field]: thing.id, name: given.name }),
    });
    one.inFlight = false;
    notes.push({ ...note, text: note.status === 200 ? "" : note.text.slice(0, 300) });
    const answered = { process, number: given.number, status: note.status };
    if (note.status === 0 || note.status >= 500)
      return history.note({ type: "info", ...answered, retryAfter: note.retryAfter, text: note.text.slice(0, 300) });
    history.note({ type: note.status < 400 ? "ok" : "fail", ...answered, position, body: note.text });
    one.open = undefined;
    if (note.status >= 400) return;
    one.name = given.name;
    one.position = position;
  };

  /** The next thing of the next service; for a write one that nobody is just writing. */
  const fire = (): void => {
    const service = wanted ?? services[turn % services.length];
    const all = owned.filter(({ thing }) => thing.service === service);
    const writes = random.happens(WRITES);
    const free = writes ? all.filter(({ inFlight }) => !inFlight) : all;
    const one = free[random.below(free.length)] ?? all[0];
    turn++;
    if (one) void (writes && !one.inFlight ? write(one) : read(one));
  };

  const own: number[] = [];
  let asked = 0;
  const askNothing = async (): Promise<void> => {
    asked++;
    const began = performance.now();
    const answer = await fetch(new URL("/v1/nothing", gateways()[0])).catch(() => undefined);
    await answer?.text().then(() => own.push(performance.now() - began));
  };
  const inFlight = () => [...flights.values()].reduce((sum, count) => sum + count, 0);
  const running = (async () => {
    const began = performance.now();
    for (let sent = 0; going; ) {
      for (const due = ((performance.now() - began) / 1_000) * rate; going && sent < due; sent++)
        if (inFlight() < MOST) fire();
        else skipped++;
      if (asked * 1_000 < performance.now() - began) void askNothing();
      await pause(5);
    }
  })();

  return {
    notes,
    own,
    skipped: () => skipped,
    focus: (service) => {
      wanted = service;
    },
    flightsTo: (gateway) => flights.get(gateway) ?? 0,
    end: async (seconds) => {
      going = false;
      await running;
      while (inFlight() > 0) await pause(10);
      const left = new Set(owned);
      for (const until = Date.now() + seconds * 1_000; left.size > 0 && Date.now() < until; ) {
        for (const one of left) {
          if (one.open) await write(one);
          if (one.open) continue;
          await read(one);
          const last = notes.at(-1);
          if (last?.status === 200 && last.warning === "" && !last.pending) left.delete(one);
        }
        if (left.size > 0) await pause(200);
      }
      return [...left].map(({ thing }) => `${thing.service}: ${thing.id}`);
    },
  };
};
