import { aggregateOf, isRejection, type Log, type LogRecord, type Message } from "../../../events/index.ts";
import { headerOf, typeOf } from "../../../events/runtime.ts";
import { topicsFor } from "../../chassis/operator/events.ts";
import { CommandFailed } from "../../chassis/operator/failure.ts";
import { readRecords } from "../../chassis/operator/reading.ts";
import type { AnyService } from "../../chassis/service.ts";
import { type Builds, type Commit, canonical, fieldsThatDiffer, messageOf, type Tallies } from "./differences.ts";

/** Events that are kept, because something was decided on them. */
const MAX_CAUSES = 200_000;

/** The events that somebody may react to, or set a timer for. */
export const causesIn = async (log: Log, services: readonly AnyService[], signal: AbortSignal): Promise<ReadonlyMap<string, LogRecord>> => {
  const types = new Set(
    services.flatMap(({ reactions = {}, aggregates }) => [
      ...Object.keys(reactions),
      ...Object.values(aggregates).flatMap(({ timers = {} }) => Object.keys(timers)),
    ]),
  );
  const causes = new Map<string, LogRecord>();
  const finished = await readRecords(log, { topics: topicsFor({}) }, signal, (record) => {
    if (!types.has(typeOf(record) ?? "")) return;
    const id = headerOf(record, "ce_id") ?? "";
    if (causes.size >= MAX_CAUSES) causes.delete(causes.keys().next().value ?? "");
    if (!causes.has(id)) causes.set(id, record);
  });
  if (!finished) throw new CommandFailed("interrupted");
  return causes;
};

/** Decides commits again in the other build, each on the state that the log had made by then, and compares. Tells why that cannot be. */
export const decisions =
  ({
    there,
    theirs,
    causes,
    before,
    tally,
  }: Pick<Builds, "there" | "theirs"> & {
    readonly causes: ReadonlyMap<string, LogRecord>;
    /** The state of a stream before what is decided. */
    readonly before: (stream: string) => unknown;
    readonly tally: Tallies;
  }) =>
  ({ stream, first, records }: Commit): string | undefined => {
    const [record] = records;
    if (!record) return undefined;
    const by = headerOf(record, "ce_row") ?? "";
    const owner = [...theirs.values()].find(({ aggregates }) => Object.hasOwn(aggregates, aggregateOf(stream)));
    if (!owner) return undefined;
    const causationId = headerOf(record, "ce_causationid");
    if (causationId === undefined) return by === "signal" || by === "seed" ? `${by}s` : "requests";
    if (by === "effect") return "outcomes of effects";
    const cause = causes.get(causationId);
    if (!cause) return "events whose cause is not at hand";
    const found = there.decode(cause, there.codec);
    if (found instanceof Error) return "events whose cause the other build cannot read";
    const { event, meta } = found;
    const row = by === "timer" ? owner.aggregates[aggregateOf(cause.key)]?.timers?.[event.type] : owner.reactions?.[event.type];
    const real = records.map((each) => there.decode(each, there.codec)).flatMap((each) => (each instanceof Error ? [] : [each.event]));
    const told = real.map(({ type }) => type).join(", ");
    const noted = (answer?: string): undefined => {
      const example = answer === undefined ? undefined : { id: `${stream}@${first}`, event: causationId, here: told, there: answer };
      tally.note("decision", owner.name, by === "timer" ? `timer of ${event.type}` : event.type, example);
    };
    const decider = owner.aggregates[aggregateOf(stream)]?.decider;
    try {
      const commands = there
        .commandsOf(row, event, meta)
        .filter(
          (command) =>
            decider && command.type in decider.decide && Reflect.get(command, decider.key) === stream.slice(stream.indexOf("/") + 1),
        );
      if (!decider || commands.length === 0) return noted("no command");
      const answers = commands.map((command) => decider.decide[command.type]?.(command, before(stream)) ?? []);
      const normal = (message: Message): string => {
        const { schemaId, bytes } = there.codec.encode(aggregateOf(stream), message);
        return canonical(there.codec.decode(schemaId, bytes));
      };
      const isSame = (answer: (typeof answers)[number]): boolean =>
        !isRejection(answer) &&
        answer.length === real.length &&
        answer.every((each: Message, index: number) => normal(each) === canonical(real[index]));
      if (answers.some(isSame)) return noted();
      const [answer] = answers;
      if (answer === undefined) return undefined;
      if (isRejection(answer)) return noted(`rejected: ${answer.rejected}`);
      const types = answer.map(({ type }: Message) => type).join(", ");
      const fields = answer.flatMap((each: Message, index: number) => (real[index] ? fieldsThatDiffer(each, real[index]) : []));
      return noted(types === told ? `${types} with other ${fields.join(", ")}` : types || "nothing to do");
    } catch (error) {
      return noted(`threw: ${messageOf(error)}`);
    }
  };
