import { eventually } from "../eventually.ts";
import type { Fixture, ServiceName } from "./fixture.ts";
import type { Load } from "./load.ts";
import type { Note, Outage } from "./notes.ts";

/** What a scene has at hand. */
export type Field = {
  readonly fixture: Fixture;
  readonly load: Load;
  /** Those that take requests just now; a scene that replaces the gateway changes them. */
  readonly gateways: string[];
  readonly outages: Outage[];
  /** Figures for people, a line each. */
  readonly told: string[];
  readonly report: (text: string) => void;
};

/** A whole platform takes its time. */
export const until = (what: string, holds: () => boolean | Promise<boolean>) => eventually(what, holds, 120_000);

/** What a service has answered, or was answered for it, since a moment. */
export const answersOf = ({ load }: Field, name: ServiceName, since: number): readonly Note[] =>
  load.notes.filter(({ service, at }) => service === name && at >= since);

export const isFresh = ({ status, warning }: Note): boolean => status === 200 && warning === "";

/** Resolves when a service is read and written again as if nothing had been. */
export const wellAgain = async (field: Field, names: readonly ServiceName[], since: number): Promise<void> => {
  for (const name of names)
    await until(`${name} answers reads and writes again`, () => {
      const answers = answersOf(field, name, since).filter(isFresh);
      return answers.some(({ kind }) => kind === "read") && (name === "provider-local" || answers.some(({ kind }) => kind === "write"));
    });
};

/** A process's figures by name and labels, as Prometheus reads them. */
export const figuresOf = async (url: string): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(new URL("/metrics", url))).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]));
};

/** The sum of all series of a name whose labels fit. */
export const sumOf = (figures: ReadonlyMap<string, number>, name: string, labels = /./): number =>
  [...figures].filter(([series]) => series.startsWith(name) && labels.test(series)).reduce((sum, [, value]) => sum + value, 0);

/** How many operations a process has answered. */
export const answeredBy = async (url: string): Promise<number> =>
  sumOf(await figuresOf(url), "pitrix_http_request_seconds_count", /operation="[^-]/);
