import { eventually } from "../eventually.ts";
import { figuresOf } from "../world/figures.ts";
import { answeredBy, answersOf, type Field, isFresh, sumOf, until, wellAgain } from "./field.ts";
import { behindTheGateway, type ServiceName, serviceNames } from "./fixture.ts";

/** Attempts that may fail on an instance that was killed: what is under way when it dies, and what opens the breaker. */
const MOST_LOST = 25;

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
const portOf = (url: string): number => Number(new URL(url).port);

/** kill -9 of the only process of a service; once people have felt it for a while it is started again, and catches up by itself. */
export const killed = async (field: Field, name: ServiceName): Promise<void> => {
  const { fixture, outages, told, report } = field;
  const [one] = fixture.running(name);
  if (!one) throw new Error(`${name} does not run`);
  report(`kills ${name}`);
  const from = Date.now();
  await fixture.kill(one);
  await until(`${name} is missed`, () => {
    const away = answersOf(field, name, from).filter((note) => !isFresh(note));
    const writes = away.filter(({ kind }) => kind === "write").length;
    return away.length - writes >= 12 && (writes >= 8 || name === "provider-local");
  });
  const back = Date.now();
  await fixture.start(name, portOf(one.url));
  const ready = Date.now();
  await wellAgain(field, [name], ready);
  outages.push({ services: [name], why: "killed", from, back, over: Date.now() });
  told.push(
    `${name}: away for ${seconds(back - from)}, ready ${seconds(ready - back)} after its start, well ${seconds(Date.now() - ready)} later`,
  );
};

/** A second instance takes its share; killed, it is out at once, and nobody notices. */
export const seconded = async (field: Field, name: ServiceName): Promise<void> => {
  const { fixture, load, told, report } = field;
  const [first] = fixture.running(name);
  if (!first) throw new Error(`${name} does not run`);
  report(`starts a second ${name}`);
  const began = Date.now();
  load.focus(name);
  const second = await fixture.start(name);
  const ready = Date.now();
  const before = await Promise.all([answeredBy(first.operationsUrl), answeredBy(second.operationsUrl)]);
  await eventually("the second instance has answered", async () => (await answeredBy(second.operationsUrl)) > (before[1] ?? 0), 3_000);
  const share = Date.now();
  const from = await Promise.all([answeredBy(first.operationsUrl), answeredBy(second.operationsUrl)]);
  const taken = async () =>
    (await Promise.all([answeredBy(first.operationsUrl), answeredBy(second.operationsUrl)])).map((count, at) => count - (from[at] ?? 0));
  await until("a hundred requests are answered", async () => (await taken()).reduce((sum, count) => sum + count, 0) >= 100);
  const [one = 0, two = 0] = await taken();
  if (two / (one + two) < 0.3) throw new Error(`the second instance of ${name} got ${two} of ${one + two} requests`);

  const gateway = fixture.running("api")[0]?.operationsUrl ?? "";
  const failed = async () => {
    const figures = await figuresOf(gateway);
    return sumOf(figures, "pitrix_gateway_upstream_seconds_count", new RegExp(`upstream="${name}".*outcome="(?!answered|abandoned)`));
  };
  const attempts = await failed();
  report(`kills the second ${name}`);
  const death = Date.now();
  await fixture.kill(second);
  await until("its breaker is open", async () => {
    const state = [...(await figuresOf(gateway))].find(
      ([series]) => series.startsWith("pitrix_gateway_breaker_state") && series.includes(second.url),
    );
    return state === undefined || state[1] === 2;
  });
  const out = Date.now();
  await until("the first goes on alone", () => answersOf(field, name, out).filter(isFresh).length >= 50);
  const lost = (await failed()) - attempts;
  load.focus(undefined);
  if (lost > MOST_LOST) throw new Error(`${lost} attempts failed on the dead instance of ${name}`);
  told.push(
    `second ${name}: ready ${seconds(ready - began)} after its start, first request ${seconds(share - ready)} later, then ${two} of ${one + two}; ` +
      `killed, it was out after ${seconds(out - death)} and ${lost} failed attempts, none of which a caller saw`,
  );
};

/** Every service is replaced as an operator does it: a new process, and when it is ready, the old one is asked to end. */
export const rolled = async (field: Field, names: readonly ServiceName[] = serviceNames): Promise<void> => {
  const { fixture, load, gateways, told, report } = field;
  const began = Date.now();
  for (const name of names) {
    report(`replaces ${name}`);
    const old = fixture.running(name);
    const { url } = await fixture.start(name);
    if (name === "api") {
      gateways.splice(0, gateways.length, url);
      await until("nobody waits for the old gateway", () => old.every((each) => load.flightsTo(each.url) === 0));
    }
    for (const each of old) await fixture.stop(each);
    const since = Date.now();
    if (name !== "api") await wellAgain(field, [name], since);
  }
  told.push(`${names.length} services replaced in ${seconds(Date.now() - began)}`);
};

/** The broker is away: commands are accepted and reads go on, and what was accepted is published when it is back. */
export const brokerAway = async (field: Field): Promise<void> => {
  const { fixture, told, report } = field;
  report("kills the broker");
  const from = Date.now();
  await fixture.kafka.kill();
  await until("people go on without it", () =>
    behindTheGateway.every((name) => answersOf(field, name, from + 1_000).filter(isFresh).length >= 15),
  );
  const back = Date.now();
  await fixture.kafka.restart();
  const there = Date.now();
  await until("what was accepted is published", async () => {
    const figures = await Promise.all(behindTheGateway.flatMap((name) => fixture.running(name)).map(({ url }) => figuresOf(url)));
    return figures.every((each) => sumOf(each, "pitrix_relay_pending") === 0);
  });
  told.push(
    `broker: away for ${seconds(there - from)} (${seconds(back - from)} dead), all published ${seconds(Date.now() - there)} after it was back`,
  );
};

/** The store is away: commands are told to come again, reads get the last good answer. */
export const storeAway = async (field: Field): Promise<void> => {
  const { fixture, outages, told, report } = field;
  report("kills the store");
  const from = Date.now();
  await fixture.store.kill();
  await until("every service is missed", () =>
    behindTheGateway.every((name) => answersOf(field, name, from).filter((note) => !isFresh(note)).length >= 10),
  );
  const back = Date.now();
  await fixture.store.restart();
  const there = Date.now();
  await wellAgain(field, behindTheGateway, there);
  outages.push({ services: behindTheGateway, why: "store", from, back, over: Date.now() });
  told.push(`store: away for ${seconds(there - from)}, all well ${seconds(Date.now() - there)} after it was back`);
};
