import { eachOf } from "../concurrency.ts";
import { type Contract, groupOf, topicsOf } from "../contract.ts";
import { processing } from "../log/messaging.ts";

import { streamOf } from "../message.ts";
import { commandsOf } from "../reaction.ts";
import { type AnyService, router } from "../service.ts";
import { causeOf } from "../store/command.ts";
import type { Executor } from "../store/execute.ts";
import { TableError } from "../store/table-error.ts";
import { type Tracer, traced } from "../trace.ts";
import type { Delivered } from "./delivered.ts";
import { type Failure, isBug, type Subscriber } from "./subscriber.ts";

/** Maximum length of a chain of reactions; a longer chain counts as a circle. */
const HOPS = 64;
const CONCURRENCY = 16;

/** Executes the commands that reactions issue. The cause of a command contains the event id, so a redelivery finds the recorded answer. */
export const reactor = (service: AnyService, { execute }: Pick<Executor, "execute">, contract: Contract, tracer?: Tracer): Subscriber => {
  const table = service.reactions ?? {};
  const types = Object.keys(table);
  const route = router(service);

  const react = (delivered: Delivered): Promise<void> =>
    traced(
      tracer,
      delivered.meta.traceparent,
      () => processing(contract, delivered, groupOf(contract, service.name, "reactions")),
      (traceparent) => reactWithin(delivered, traceparent),
    );

  const reactWithin = async ({ event, meta }: Delivered, traceparent: string | null): Promise<void> => {
    if (meta.hops >= HOPS) throw new TableError(`after ${HOPS} reactions in a row the chain counts as a circle`);
    let commands: readonly { readonly type: string }[];
    try {
      commands = commandsOf(table[event.type], event, meta);
    } catch (error) {
      throw new TableError(`reaction to ${event.type} threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    for (const command of commands) {
      const { aggregate, key } = route(command);
      await execute(command, {
        cause: causeOf(meta.stream, meta.version, event.type, `${streamOf(aggregate, key)}/${command.type}`),
        row: event.type,
        actor: meta.actor,
        correlationId: meta.correlationId,
        causationId: meta.eventId,
        actionId: meta.actionId,
        traceparent,
        hops: meta.hops + 1,
      });
    }
  };

  const handle = async (streams: ReadonlyMap<string, readonly Delivered[]>): Promise<readonly Failure[]> => {
    const failures: Failure[] = [];
    await eachOf(streams.values(), CONCURRENCY, async (events) => {
      for (const delivered of events) {
        try {
          await react(delivered);
        } catch (error) {
          if (!isBug(error)) throw error;
          failures.push({ delivered, error });
          return;
        }
      }
    });
    return failures;
  };

  return {
    name: "reactions",
    topics: topicsOf(contract, types),
    types: new Set(types),
    begin: "end",
    open: () => ({ handle, flush: async () => true, weight: () => 0 }),
  };
};
