import type { Note, Outage } from "./notes.ts";

/** What must not be: a wrong answer, or one that is refused where nothing is the matter. */
export type Fault = { readonly kind: "wrong" | "refused"; readonly message: string };

/** At the moment of a death somebody may have asked already, and how exact the clocks are compared. */
const MOMENT = 1_000;

/**
 * Holds what people were answered against what was the matter. Pure: the same notes, the same verdict.
 * Where nothing is the matter every answer is a fresh success; where its service is away a read gets the last good answer, marked with
 * its age, and a write is told to come again.
 */
export const judgeAnswers = (notes: readonly Note[], outages: readonly Outage[]): readonly Fault[] => {
  const fresh = new Map<string, Note[]>();
  for (const note of notes)
    if (note.kind === "read" && note.status === 200 && note.warning === "")
      fresh.set(keyOf(note), [...(fresh.get(keyOf(note)) ?? []), note]);
  return notes.flatMap((note) => {
    const outage = outages.find(({ services, from, over }) => services.includes(note.service) && note.end >= from && note.at <= over);
    const found = problemOf(note, outage, fresh.get(keyOf(note)) ?? []);
    if (!found) return [];
    const when = outage ? `${note.at - outage.from} ms after ${outage.why}` : "while nothing was the matter";
    const what = `${note.service} ${note.kind} ${note.about}: ${note.status} in ${note.took.toFixed(0)} ms`;
    return [{ kind: found.kind, message: `${what}, ${when}: ${found.message}${note.text ? ` (${note.text})` : ""}` }];
  });
};

const keyOf = ({ service, about }: Note): string => `${service} ${about}`;
const wrong = (message: string): Fault => ({ kind: "wrong", message });
const refused = (message: string): Fault => ({ kind: "refused", message });

const problemOf = (note: Note, outage: Outage | undefined, fresh: readonly Note[]): Fault | undefined => {
  const { kind, status, warning, wanted, shown } = note;
  if (status === 200 && warning === "" && wanted.length > 0 && !wanted.includes(shown))
    return wrong(`it shows ${shown}, and not ${wanted.join(" or ")}`);
  if (!outage) return status !== 200 ? refused("it is no success") : warning !== "" ? refused("it is stale") : undefined;
  if (status === 200 && warning === "") {
    const nobody = outage.why === "killed" && note.at > outage.from + MOMENT && note.end < outage.back;
    return nobody ? wrong("nobody lived who could have given it") : undefined;
  }
  if (status === 200) return kind === "write" ? wrong("a write was answered by what is stale") : problemOfStale(note, fresh);
  if (kind === "read") {
    const had = fresh.some(({ end }) => end < note.at);
    return had ? refused("the caller had a good answer before") : told(note);
  }
  return told(note);
};

/** A refusal says that it is one of the moment. */
const told = ({ status, retryAfter }: Note): Fault | undefined => {
  if (status !== 503 && status !== 502 && status !== 504) return refused("an outage is told by 503, 502 or 504");
  return retryAfter ? undefined : refused("it does not say when to come again");
};

/** It is marked, is what this caller was shown last, and is as old as it says. */
const problemOfStale = (note: Note, fresh: readonly Note[]): Fault | undefined => {
  if (!note.warning.startsWith("110") || note.age === undefined) return wrong(`its mark is ${note.warning}, its age ${note.age}`);
  const before = fresh.filter(({ at }) => at <= note.end);
  const last = Math.max(...before.filter(({ end }) => end <= note.at).map(({ at }) => at));
  // Of answers that were under way at the same time, the gateway may have had any last.
  const possible = before.filter(({ end, shown }) => end >= last && shown === note.shown);
  if (possible.length === 0) return wrong(`nobody was shown ${note.shown} last`);
  const { age } = note;
  const fits = possible.some((each) => age * 1_000 >= note.at - each.end - MOMENT && age * 1_000 <= note.end - each.at + MOMENT);
  return fits ? undefined : wrong(`it says that it is ${age} s old`);
};

/** The middle, and what all but one of a hundred are below. */
export const quantiles = (values: readonly number[]): { readonly count: number; readonly median: number; readonly p99: number } => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: sorted.length, median: at(0.5), p99: at(0.99) };
};

/** How long refusals of writes took from the first one on that said 503: then the breaker is open. */
export const refusalTimes = (notes: readonly Note[], outages: readonly Outage[]): readonly number[] =>
  outages
    .filter(({ why }) => why === "killed")
    .flatMap(({ services, from, back }) => {
      const refusals = notes.filter(
        ({ service, kind, status, at, end }) =>
          services.includes(service) && kind === "write" && status === 503 && at >= from && end <= back,
      );
      const first = Math.min(...refusals.map(({ end }) => end));
      return refusals.filter(({ at }) => at >= first).map(({ took }) => took);
    });
