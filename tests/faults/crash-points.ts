import type { Effect } from "../../events/effect.ts";
import type { Log } from "../../events/ports.ts";
import type { AnyService } from "../../services/chassis/service.ts";

/** Where a process is most likely to hurt somebody by dying. */
export const crashPoints = [
  "before write",
  "after write, before publish",
  "after publish, before mark",
  "after effect, before commit",
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Ends this process as kill -9 would, when it comes to the point for the n-th time. */
export type Passing = (point: CrashPoint) => void;

/** `<n> <point>`, as a process is told by its environment. */
export const passing = (setting: string): Passing => {
  const [, count = "0", armed = ""] = /^(\d+) (.*)$/.exec(setting) ?? [];
  let left = Number(count);
  return (point) => {
    if (point === armed && --left === 0) process.kill(process.pid, "SIGKILL");
  };
};

/** The same service, which passes a point before each decision is written and after each effect. */
export const crashingService = (service: AnyService, passes: Passing): AnyService => ({
  ...service,
  aggregates: Object.fromEntries(
    Object.entries(service.aggregates).map(([name, { decider, effects, ...rest }]) => [
      name,
      {
        ...rest,
        decider: {
          ...decider,
          decide: Object.fromEntries(
            Object.entries(decider.decide).map(([type, decide]) => [
              type,
              // biome-ignore lint/suspicious/noExplicitAny: as in the backbone's own table of any decider.
              (command: any, state: any) => {
                passes("before write");
                return decide?.(command, state) ?? [];
              },
            ]),
          ),
        },
        ...(effects && { effects: Object.fromEntries(Object.entries(effects).map(([type, effect]) => [type, crashing(effect, passes)])) }),
      },
    ]),
  ),
});

// biome-ignore lint/suspicious/noExplicitAny: effects of any service, as the backbone's own tables hold them.
const crashing = (effect: Effect<never, any, any, any> | undefined, passes: Passing): Effect<never, any, any, any> | undefined =>
  effect && {
    ...effect,
    run: async (event, context) => {
      const outcome = await effect.run(event, context);
      passes("after effect, before commit");
      return outcome;
    },
  };

/** Makes a log pass a point before and after it publishes events. The log is changed in place, so that the process that owns it runs as it always does. */
export const makeCrashing = (log: Log, passes: Passing): void => {
  const { publish } = log;
  const crashingPublish: Log["publish"] = async (records) => {
    const events = records.some(({ headers }) => headers.ce_id !== undefined);
    if (events) passes("after write, before publish");
    const ends = await publish(records);
    if (events) passes("after publish, before mark");
    return ends;
  };
  Object.assign(log, { publish: crashingPublish });
};
