import { backOff, condition, type SignalContext } from "../../../events/index.ts";
import { text } from "../../packages/json.ts";
import { nodesOf } from "./effects.ts";
import { objectIn } from "./observed.ts";
import type { Changed, KubernetesOutside } from "./ports.ts";
import type { ReleaseDocument } from "./read-models.ts";
import { type Report, reporting } from "./reports.ts";

/** Milliseconds between two looks at a release, whatever happens there. */
const LEAST = 1_000;
/** After this time a look is due even if the watch was silent. */
const SILENT = 3_600_000;
const LONGEST_PAUSE = 60_000;

export type WatchContext = SignalContext<KubernetesOutside, Report>;
export type Follower = {
  /** Something has changed in the namespace; without an object, anything may have. */
  readonly changed: (object?: Changed) => void;
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Looks once at the whole release. */
  readonly once: (signal: AbortSignal) => Promise<void>;
};

/** Looks at the release of a cluster when it changes, and reports what it finds. */
export const follower = (
  { cluster_id: clusterId, runtime_id, namespace, release, scales }: ReleaseDocument,
  { outside, clock, send }: Pick<WatchContext, "outside" | "clock" | "send">,
): Follower => {
  const wake = condition(clock);
  const counts = new Map(scales.map(({ role, count }) => [role, count]));
  let selectors: readonly string[] = [];
  let isWhole = true;
  let report = reporting(clusterId);

  const concerns = ({ kind, metadata }: Changed): boolean =>
    kind === "Pod"
      ? selectors.some((selector) => selects(selector, objectIn(metadata, "labels")))
      : objectIn(metadata, "annotations")["meta.helm.sh/release-name"] === release;
  const look = async (whole: boolean) =>
    outside.guarded(runtime_id, () =>
      outside.withTarget({ clusterId, namespace }, async (target) => {
        const observed = await target.observe(release);
        return { observed, found: whole ? await target.inspect(release, counts) : undefined };
      }),
    );
  const turn = async (signal: AbortSignal): Promise<number> => {
    const whole = isWhole;
    isWhole = false;
    try {
      const { observed, found } = await look(whole);
      if (signal.aborted) return SILENT;
      selectors = observed.workloads.map(({ selector }) => selector).filter((selector) => selector !== "");
      const { reports, again } = report(clock.now(), nodesOf(clusterId, observed), found);
      for (const each of reports) await send(each);
      return again;
    } catch (error) {
      isWhole ||= whole;
      // What was not taken is said again: everything, since nobody knows what was.
      report = reporting(clusterId);
      throw error;
    }
  };
  return {
    changed: (object) => {
      if (object && !concerns(object)) return;
      if (object?.kind !== "Pod") isWhole = true;
      wake.notify();
    },
    once: async (signal) => void (await turn(signal)),
    run: async (signal) => {
      for (let failures = 0; !signal.aborted; ) {
        let pause = SILENT;
        try {
          pause = Math.min(SILENT, await turn(signal));
          failures = 0;
        } catch (error) {
          failures += 1;
          if (failures === 1 && !signal.aborted) outside.report(error, runtime_id);
          await clock.sleep(backOff(clock, failures, LEAST, LONGEST_PAUSE), signal);
          continue;
        }
        await clock.sleep(LEAST, signal);
        await wake.wait(Math.max(0, pause - LEAST), signal);
      }
    },
  };
};

const selects = (selector: string, labels: { readonly [name: string]: unknown }): boolean =>
  selector.split(",").every((each) => {
    const [name = "", value = ""] = each.split("=");
    return text(labels[name] as string | undefined) === value;
  });
