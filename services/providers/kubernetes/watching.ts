import { backOff, type Signal } from "../../../events/index.ts";
import { type Follower, follower, type WatchContext } from "./follower.ts";
import type { KubernetesOutside } from "./ports.ts";
import type { ReleaseDocument } from "./read-models.ts";
import type { Report } from "./reports.ts";
import { inTurns } from "./turns.ts";

/** Milliseconds between two looks at which releases there are, and for which an instance holds a runtime without a sign of life. */
const LOOK = 2_000;
const LEASE = 15_000;
/** Releases that an instance watches at once, and those that it knows. */
const [MAX_WATCHED, MAX_KNOWN] = [2_000, 100_000];
/** Milliseconds after which a watch is opened anew, with the credential that the runtime has then. */
const TURN = 600_000;
const LONGEST_PAUSE = 60_000;
/** Milliseconds that a stop waits for a server that does not answer. */
const STOP_TIMEOUT = 1_000;

type Background = { readonly stop: () => void; readonly running: Promise<void> };
type Watched = Background & { readonly release: ReleaseDocument; readonly follower: Follower };

/**
 * Watches running releases, and reports what changes without an action. One instance watches all releases of a runtime, under a lease; the releases of
 * a namespace share one watch. A watch begins with a look at the whole release, which the decider compares with what is known. An instance watches
 * `most` releases at most. Releases that no instance watches are looked at in turns.
 */
export const watchingAtMost = (most: number): Signal<KubernetesOutside, Report> => ({
  issues: ["NoteNodes", "NoteNodeFailed", "NoteNodeRecovered", "NoteObserved"],
  start: (context) => {
    const stopping = new AbortController();
    const running = watchAll(context, most, stopping.signal);
    return async () => {
      stopping.abort("stopping");
      await running;
    };
  },
});
export const watching = watchingAtMost(MAX_WATCHED);

const watchAll = async (context: WatchContext, most: number, signal: AbortSignal): Promise<void> => {
  const { clock, lease, find, outside } = context;
  /** The releases that this instance watches, by their clusters; and the watches, by runtime and namespace. */
  const watched = new Map<string, Watched>();
  const spaces = new Map<string, Background>();
  const leased = new Map<string, { readonly at: number; readonly isMine: boolean }>();

  const holds = async (runtimeId: string): Promise<boolean> => {
    const known = leased.get(runtimeId);
    if (known && clock.now() - known.at < LEASE / 3) return known.isMine;
    const isMine = await lease(`watch ${runtimeId}`, LEASE);
    leased.set(runtimeId, { at: clock.now(), isMine });
    return isMine;
  };
  const turns = inTurns(context, holds, 2 * LEASE);
  let visiting: Background | undefined;
  /** The releases that this instance is to watch. Those that nobody may watch are visited. */
  const choose = async (): Promise<ReadonlyMap<string, ReleaseDocument>> => {
    const running = (await find("releases", [{ field: "status", in: ["running"] }], MAX_KNOWN)) as readonly ReleaseDocument[]; // Its projection is of this type.
    const byRuntime = new Map<string, ReleaseDocument[]>();
    for (const release of running) {
      const known = byRuntime.get(release.runtime_id);
      if (known) known.push(release);
      else byRuntime.set(release.runtime_id, [release]);
    }
    const held = new Set([...watched.values()].map(({ release }) => release.runtime_id));
    const wanted = new Map<string, ReleaseDocument>();
    const others: ReleaseDocument[] = [];
    // What is watched stays so. What is new is watched as a whole, unless it is too large for any instance, or left to one that has more room.
    for (const [runtimeId, releases] of [...byRuntime].sort(([a], [b]) => Number(held.has(b)) - Number(held.has(a)))) {
      const room = most - wanted.size;
      const isMine = held.has(runtimeId) ? room > 0 : releases.length <= room || room === most;
      if (isMine && !(await holds(runtimeId))) continue;
      const count = isMine ? room : 0;
      for (const release of releases.slice(0, count)) wanted.set(release.cluster_id, release);
      others.push(...releases.slice(count));
    }
    turns.visits(others);
    if (others.length > 0) visiting ??= inBackground(turns.run);
    return wanted;
  };
  const spaceOf = ({ runtime_id, namespace }: ReleaseDocument): string => `${runtime_id} ${namespace}`;
  const look = async (): Promise<void> => {
    const wanted = await choose();
    for (const [id, { release, stop }] of watched)
      if (wanted.get(id)?.job_id !== release.job_id) {
        watched.delete(id);
        stop();
      }
    for (const [id, release] of wanted)
      if (!watched.has(id)) {
        const one = follower(release, context);
        watched.set(id, { release, follower: one, ...inBackground(one.run) });
      }
    const needed = new Set([...wanted.values()].map(spaceOf));
    for (const [space, { stop }] of spaces)
      if (!needed.has(space)) {
        spaces.delete(space);
        stop();
      }
    for (const space of needed)
      if (!spaces.has(space)) {
        const all = () => [...watched.values()].filter((each) => spaceOf(each.release) === space);
        spaces.set(
          space,
          inBackground((stop) => watchSpace(context, all, stop)),
        );
      }
  };
  while (!signal.aborted) {
    await look().catch((error: unknown) => outside.report(error, ""));
    outside.watches({ watched: watched.size, inTurns: turns.count() });
    await clock.sleep(LOOK, signal);
  }
  const ended = [...watched.values(), ...spaces.values(), ...(visiting ? [visiting] : [])].map(({ stop, running }) => {
    stop();
    return running;
  });
  await Promise.race([Promise.all(ended), clock.sleep(STOP_TIMEOUT)]);
};

/** Follows a namespace for the releases that are watched in it. */
const watchSpace = async ({ outside, clock }: WatchContext, all: () => readonly Watched[], signal: AbortSignal): Promise<void> => {
  for (let failures = 0; !signal.aborted; ) {
    const over = new AbortController();
    const turn = AbortSignal.any([signal, over.signal]);
    void clock.sleep(TURN, turn).then(() => over.abort("turn over"));
    const [first] = all();
    try {
      const changed: Follower["changed"] = (object) => {
        for (const each of all()) each.follower.changed(object);
      };
      if (first) {
        const { cluster_id: clusterId, namespace } = first.release;
        await outside.withTarget({ clusterId, namespace }, (target) => target.follow(changed, turn));
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1 && first && !signal.aborted) outside.report(error, first.release.runtime_id);
    }
    over.abort("turn over");
    await clock.sleep(backOff(clock, failures + 1, 1_000, LONGEST_PAUSE), signal);
  }
};

/** Runs work until it is stopped. Nobody waits for its end: a server may not answer. */
const inBackground = (work: (signal: AbortSignal) => Promise<void>): Background => {
  const over = new AbortController();
  return { running: work(over.signal), stop: () => over.abort("let go") };
};
