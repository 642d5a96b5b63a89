import type { Message } from "../../../events/index.ts";
import type { Delivered } from "../../../events/runtime.ts";
import type { AnyService } from "../../chassis/service.ts";
import type { Build } from "../build.ts";
import { type Builds, canonical, fieldsThatDiffer, messageOf, type Tallies } from "./differences.ts";

/** The commands of the reactions to an event that both builds have. */
export const compareReactions = ({ here, there, mine, theirs }: Builds, tally: Tallies, one: Delivered, other: Delivered): void => {
  const { type } = one.event;
  const commands = ({ commandsOf }: Build, { reactions = {} }: AnyService, { event, meta }: Delivered): readonly Message[] | string => {
    try {
      return commandsOf(reactions[type], event, meta);
    } catch (error) {
      return `threw: ${messageOf(error)}`;
    }
  };
  const told = (found: readonly Message[] | string): string =>
    typeof found === "string" ? found : found.map((command) => command.type).join(", ") || "no command";
  for (const [name, service] of mine) {
    const counterpart = theirs.get(name);
    if (!counterpart || !(service.reactions?.[type] || counterpart.reactions?.[type])) continue;
    const [a, b] = [commands(here, service, one), commands(there, counterpart, other)];
    const isSame = canonical(a) === canonical(b);
    const fields =
      told(a) === told(b) && typeof a !== "string" && typeof b !== "string" ? a.map((each, at) => fieldsThatDiffer(each, b[at])) : [];
    const changed = fields.length > 0 ? ` with other ${fields.filter(Boolean).join(", ")}` : "";
    const { eventId } = one.meta;
    tally.note("reaction", name, type, isSame ? undefined : { id: eventId, event: eventId, here: told(a), there: `${told(b)}${changed}` });
  }
};
