import type { Codec } from "../codec/codec.ts";
import { type Meta, streamOf } from "../message.ts";
import type { EncodedEvent, EventStore } from "../ports.ts";
import { commandsOf } from "../reaction.ts";
import { type AnyService, router } from "../service.ts";
import { causeOf } from "../store/command.ts";

/** A stored event of any service. */
export type KnownEvent = { readonly meta: Meta; readonly event: EncodedEvent };
/** The commands of a reaction that are not decided yet. */
export type OpenReaction = {
  readonly eventId: string;
  readonly row: string;
  readonly commands: readonly string[];
  /** Why they cannot be computed. */
  readonly reason?: string;
};

/**
 * The open reactions to these events. The table is pure, so a call returns the commands; a command is open if its cause is not in the store.
 * Receipts count as decided, too.
 */
export const openReactions = async (
  service: AnyService,
  store: Pick<EventStore, "findCause">,
  codec: Codec,
  events: readonly KnownEvent[],
): Promise<readonly OpenReaction[]> => {
  const route = router(service);
  const table = service.reactions ?? {};
  const open = async ({ meta, event: { type, schemaId, bytes } }: KnownEvent): Promise<readonly OpenReaction[]> => {
    const row = Object.hasOwn(table, type) ? table[type] : undefined;
    if (!row) return [];
    try {
      const commands = commandsOf(row, codec.decode(schemaId, bytes), meta);
      const decided = await Promise.all(
        commands.map((command) => {
          const { aggregate, key } = route(command);
          return store.findCause(causeOf(meta.stream, meta.version, type, `${streamOf(aggregate, key)}/${command.type}`));
        }),
      );
      const left = commands.filter((_, index) => decided[index] === undefined).map((command) => command.type);
      return left.length === 0 ? [] : [{ eventId: meta.eventId, row: type, commands: left }];
    } catch (error) {
      return [{ eventId: meta.eventId, row: type, commands: [], reason: error instanceof Error ? error.message : String(error) }];
    }
  };
  return (await Promise.all(events.map(open))).flat();
};
