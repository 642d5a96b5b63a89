import { setTimeout as pause } from "node:timers/promises";
import { topicOf } from "../../events/index.ts";
import { contract } from "../../services/chassis/contract.ts";
import { receiver } from "../services/webhook/receiver.ts";
import { type OpenStream, openStream } from "../world/event-stream.ts";
import { type ServiceName, tables } from "./composition.ts";
import { readLog } from "./evidence.ts";
import { type Finding, finding } from "./findings.ts";
import { type Fixture, logIn } from "./fixture.ts";
import { type RowOutcome, type RunOptions, scaled } from "./row.ts";
import { type Field, killService, runFaults, spread } from "./run.ts";

const LONG_AGO = "2020-01-01T00:00:00Z";
/** Who is killed: the gateway, two services that stream, and the one that sends. */
const killed: readonly ServiceName[] = ["api", "cluster", "webhook", "runtime"];
/** Of so many messages one is answered 500 when it comes for the first time. */
const FAILING = 50;

type Reader = {
  readonly ids: () => readonly string[];
  readonly gaps: () => number;
  readonly streams: () => number;
  readonly leave: () => Promise<void>;
};

/** Reads the events of the platform since ever, and comes back with the last id whenever the stream ends. */
const reader = (fixture: Fixture, token: string): Reader => {
  const ids: string[] = [];
  let [gaps, streams, last] = [0, 0, ""];
  let open: OpenStream | undefined;
  let hasLeft = false;
  const gapsIn = ({ messages }: OpenStream): number => messages.filter(({ event }) => event === "gap").length;
  const read = async (): Promise<void> => {
    const [gateway] = fixture.gateways();
    if (!gateway) return;
    const headers = { authorization: `Bearer ${token}`, ...(last && { "last-event-id": last }) };
    const stream = await openStream(new URL(`/v1/events?since=${LONG_AGO}`, gateway).href, headers).catch(() => undefined);
    if (!stream) return;
    streams += stream.response.status === 200 ? 1 : 0;
    open = stream;
    await stream.reading;
    open = undefined;
    ids.push(...stream.ids());
    gaps += gapsIn(stream);
    last = stream.lastId();
  };
  const reading = (async () => {
    while (!hasLeft) {
      await read();
      await pause(50);
    }
  })();
  return {
    ids: () => [...ids, ...(open?.ids() ?? [])],
    gaps: () => gaps + (open ? gapsIn(open) : 0),
    streams: () => streams,
    leave: async () => {
      hasLeft = true;
      await open?.leave();
      await reading;
    },
  };
};

type Published = ReadonlyMap<string, number>;

/** The events of public aggregates on the log, with their times. */
const published = async (fixture: Fixture): Promise<Published> => {
  const contents = await readLog(fixture.connection);
  const topics = tables.flatMap(({ aggregates }) =>
    Object.entries(aggregates).flatMap(([aggregate, row]) => (row.public ? [topicOf(contract, aggregate)] : [])),
  );
  const records = topics.flatMap((topic) => contents.get(topic)?.flat() ?? []);
  return new Map(records.map(({ headers }) => [String(headers.ce_id), Date.parse(String(headers.ce_time))]));
};

/** What a reader of the events since a time has missed or had out of order. An event may come again; what comes for the first time is in the order of its stream. */
export const misread = (who: string, ids: readonly string[], all: Published, since: number): readonly Finding[] => {
  const seen = new Set(ids);
  const numbers = new Map<string, number>();
  const disordered = [...seen].flatMap((id) => {
    const [stream = "", number = ""] = id.split("@");
    const before = numbers.get(stream);
    numbers.set(stream, Number(number));
    return before === undefined || Number(number) === before + 1
      ? []
      : [finding("disordered", `${who} keeps the order of a stream`, id, `it came after ${stream}@${before}`)];
  });
  return [
    ...[...all]
      .filter(([id, time]) => time > since && !seen.has(id))
      .map(([id]) => finding("lost", `${who} misses nothing`, id, `${who} has not had it`)),
    ...[...seen].filter((id) => !all.has(id)).map((id) => finding("divergent", `${who} has what is on the log`, id, "it is not there")),
    ...disordered,
  ];
};

/** A stream of events and a webhook, both of everything, while those who serve them are killed. */
export const streamingKilled = async (options: RunOptions): Promise<RowOutcome> => {
  const hook = await receiver();
  const failed = new Set<string>();
  const delivered: string[] = [];
  hook.answers(({ body }, response) => {
    const { id } = JSON.parse(body) as { readonly id: string }; // The platform's message.
    const fails = hook.received.length % FAILING === 0 && !failed.has(id);
    if (fails) failed.add(id);
    else delivered.push(id);
    response.writeHead(fails ? 500 : 200).end();
  });
  let stream: Reader | undefined;
  let hooked = Number.POSITIVE_INFINITY;
  /** Once, when the platform is there. */
  const begin = async ({ fixture, client }: Field): Promise<void> => {
    stream = reader(fixture, await logIn(fixture));
    await client.command(-1, "CreateWebhook", { url: hook.url }, "the webhook");
    hooked = Date.now();
  };
  try {
    const outcome = await runFaults({
      ...options,
      fixture: { environment: { PITRIX_WEBHOOK_PRIVATE_NETWORKS: hook.host } },
      hurt: async (field) => {
        await begin(field);
        const kills = scaled(40, options.factor, 2 * killed.length);
        await spread(field, options.commands, kills, (nth) => killService(field, killed[nth % killed.length] ?? "api"));
      },
      more: async ({ fixture }) => {
        const all = await published(fixture);
        const gap = stream?.gaps() ? [finding("lost", "a stream has no gap", "", `${stream.gaps()} gaps were told`)] : [];
        return [...gap, ...misread("the stream", stream?.ids() ?? [], all, 0), ...misread("the webhook", delivered, all, hooked)];
      },
    });
    const all = new Set(delivered).size;
    const note = `${all} events; the stream was opened ${stream?.streams()} times and showed ${stream?.ids().length}; the webhook took ${delivered.length} messages and refused ${failed.size}`;
    return { ...outcome, note };
  } finally {
    await stream?.leave();
    await hook.stop();
  }
};
