import { causation, causationText, type Occurrence } from "../../events/map/index.ts";
import type { Command, CommandEvent, CommandPending } from "../../schemas/generated/http.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { operatorOf } from "./choose.ts";
import type { Platform } from "./connection.ts";
import { type Paint, plain } from "./output.ts";

/** The events that a request or an action caused, collected from all services. */
export const followCommand = async (platform: Platform, id: string): Promise<Command> => {
  const found = await operatorOf(platform).why(id);
  if (found) return found;
  throw new CommandFailed(
    `no service knows a request, an action or an event with the id ${id}; the X-Request-Id header of a response holds the request's id`,
    exitCodes.notFound,
  );
};

/** The events that led to an event, the request first. */
const chainTo = (eventId: string, all: readonly CommandEvent[]): readonly CommandEvent[] => {
  for (const event of all) {
    const below = event.event_id === eventId ? [] : chainTo(eventId, event.effect ?? []);
    if (event.event_id === eventId || below.length > 0) return [event, ...below];
  }
  return [];
};

/** A command as text: the tree of its events, the read models that they change, then the work that is not finished. `asked`: an event of it. */
export const commandText = (command: Command, paint: Paint, asked = ""): string => {
  const { id, finished, actor = "", root = [], pending = [], read_model = [], refusal = [], unknown = [], incomplete = [] } = command;
  const tree = causation(root.flatMap(occurrencesIn));
  const chain = chainTo(asked, root).toReversed();
  const why = chain.map(({ type, event_id }) => `${type} (${event_id})`).concat(`${chain.at(-1)?.row} by ${actor}`);
  const models = read_model.map(
    ({ service, model, document = [], open = [] }) =>
      `${paint(open.length === 0 ? "green" : "yellow", (open.length === 0 ? "shown" : "not shown").padEnd(11))}  ${plain(service)}  ` +
      `${plain(model)}: ${counted(document)}${open.length === 0 ? "" : `, without ${counted(open)}`}`,
  );
  const lines = [
    ...models,
    ...pending.map((each) => `${paint(each.kind === "parked" ? "red" : "yellow", kinds[each.kind].padEnd(11))}  ${pendingText(each)}`),
    ...refusal.map(
      ({ service, stream, row, reason }) =>
        `${paint("red", "refused".padEnd(11))}  ${plain(service)}  ${plain(stream)}  ${plain(row)}: ${plain(reason)}`,
    ),
    ...unknown.map((service) => `${paint("red", "unknown".padEnd(11))}  ${plain(service)} does not answer`),
    ...incomplete.map((service) => `${paint("yellow", "incomplete".padEnd(11))}  ${plain(service)} has more events than are shown`),
  ];
  const ending = finished ? paint("green", "Everything is done.") : paint("yellow", "Not everything is done.");
  const text = causationText({ ...tree, correlationId: id }, { colour: paint("dim", "") !== "" });
  return `${chain.length === 0 ? "" : `${plain(why.join(" ← "))}\n\n`}${text}${lines.map((line) => `${line}\n`).join("")}${ending}`;
};

const MAX_NAMED = 4;
const counted = (names: readonly string[]): string =>
  `${names.slice(0, MAX_NAMED).map(plain).join(", ")}${names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ""}`;

const kinds: { readonly [K in CommandPending["kind"]]: string } = {
  publication: "unpublished",
  effect: "effect due",
  timer: "timer set",
  reaction: "to react",
  parked: "parked",
};

const pendingText = ({ service, event_id, row = "", due_time, command = [], subscription, reason }: CommandPending): string =>
  [
    plain(service),
    ...(subscription === undefined ? [] : [plain(subscription)]),
    plain(event_id),
    plain(row),
    ...(due_time === undefined ? [] : [`at ${plain(due_time)}`]),
    ...(command.length === 0 ? [] : [`by ${plain(command.join(", "))}`]),
    ...(reason === undefined ? [] : [plain(reason)]),
  ].join("  ");

const occurrencesIn = ({ effect = [], ...event }: CommandEvent): readonly Occurrence[] => [
  {
    eventId: event.event_id,
    ...{ type: event.type, service: event.service, stream: event.stream, version: event.version, time: event.time, row: event.row },
    correlationId: "",
    causationId: event.causation_id ?? null,
    actionId: event.action_id ?? null,
  },
  ...effect.flatMap(occurrencesIn),
];
