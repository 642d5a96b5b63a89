import type { Contract } from "../contract.ts";
import { type Tracer, traced } from "../trace.ts";
import type { Outcome } from "./command.ts";
import type { Executor } from "./execute.ts";

/** The outcome of a command: a commit, nothing to do, a rejection, the recorded answer to the same cause, or an error. */
export type Decided = "committed" | "nothing" | "rejected" | "repeated" | "failed";

/** An executor that opens a span for each command, whose trace the commit continues, and reports the outcome to `decided`. */
export const observed = (
  executor: Executor,
  { prefix }: Pick<Contract, "prefix">,
  tracer: Tracer | undefined,
  decided: (command: string, outcome: Decided) => void = () => {},
): Executor => ({
  ...executor,
  execute: (command, because) => {
    const { correlationId, actionId, row } = because;
    const start = () => ({
      name: `decide ${command.type}`,
      kind: "internal" as const,
      attributes: {
        [`${prefix}.row`]: row,
        [`${prefix}.correlation_id`]: correlationId,
        ...(actionId !== null && { [`${prefix}.action_id`]: actionId }),
      },
    });
    return traced(tracer, because.traceparent, start, async (traceparent, span) => {
      try {
        const outcome = await executor.execute(command, { ...because, traceparent });
        const came = decidedIn(outcome);
        decided(command.type, came);
        span?.add({ [`${prefix}.stream`]: outcome.stream, [`${prefix}.version`]: outcome.version, [`${prefix}.outcome`]: came });
        return outcome;
      } catch (error) {
        decided(command.type, "failed");
        throw error;
      }
    });
  },
});

const decidedIn = ({ repeated, rejection, commit }: Outcome): Decided =>
  repeated ? "repeated" : rejection ? "rejected" : commit ? "committed" : "nothing";
