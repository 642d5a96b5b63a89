import type { Codec } from "../codec/codec.ts";
import { type Meta, streamOf } from "../message.ts";
import type { EncodedEvent, EventStore } from "../ports.ts";
import { commandsOf } from "../reaction.ts";
import { type AnyService, router } from "../service.ts";
import { causeOf } from "../store/command.ts";

/** An event of any service, as its store keeps it. */
export type KnownEvent = { readonly meta: Meta; readonly event: EncodedEvent };
/** What a service's reaction to an event asks for and is not decided yet. */
export type OpenReaction = {
  readonly eventId: string;
  readonly row: string;
  readonly commands: readonly string[];
  /** Why it cannot be told. */
  readonly reason?: string;
};

/**
 * The reactions to these events that are still to come. Since the table is pure it can simply be asked: what it would issue has a cause,
 * and a cause that was decided is in the store, also where the decision was "nothing to do".
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
