import type { Clock, Log, OutgoingRecord } from "../ports.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import type { Player, Process } from "./process.ts";
import { idOf, streamsIn } from "./watched.ts";

type Scene = {
  readonly faults: Faults;
  readonly random: () => number;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly players: readonly Player[];
  readonly processes: ReadonlyMap<string, Process>;
  readonly published: readonly OutgoingRecord[];
  /** What is down (`log` or a service's store), and until when. */
  readonly down: Map<string, number>;
  /** A connection to the log without faults. */
  readonly chaos: Log;
  readonly calm: () => boolean;
  readonly start: (player: Player, number: number) => Promise<void>;
  readonly leave: (process: Process) => Promise<void>;
};

/** Starts the faults of the platform as a whole. They occur at random until it is calm. */
export const beginTrouble = ({
  faults,
  random,
  clock,
  journal,
  players,
  processes,
  published,
  down,
  chaos,
  calm,
  start,
  leave,
}: Scene): void => {
  const every = async (milliseconds: number, run: () => void): Promise<void> => {
    if (milliseconds === 0) return;
    for (;;) {
      await clock.sleep(-Math.log(1 - random()) * milliseconds);
      if (calm()) return;
      run();
    }
  };
  const any = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];

  /** A third instance of a service joins or leaves. */
  const rebalance = (): void => {
    const player = any(players);
    if (!player) return;
    const extra = processes.get(`${player.service.name} 3`);
    if (extra) void (extra.ready && leave(extra));
    else void start(player, 3);
  };

  const outage = (): void => {
    const what = random() < 0.4 ? "log" : (any(players)?.service.name ?? "log");
    down.set(what, clock.now() + 8_000 * random() ** 2);
    journal.note("world", `${what === "log" ? "the log" : `the store of ${what}`} goes down`);
  };

  /** A relay that was frozen for a long time publishes records again that others have published meanwhile. */
  const repeat = (): void => {
    const from = Math.floor(random() * published.length);
    const again = published.slice(from, from + 1 + Math.floor(4 * random()));
    if (again.length === 0) return;
    if (journal.isRecorded) journal.note("world", `a frozen relay repeats ${again.map(idOf).join(" ")}`, streamsIn(again));
    void chaos.publish(again);
  };

  const jump = (): void => {
    const process = any([...processes.values()]);
    if (process) process.incarnation.skew = Math.round(faults.clocks * (2 * random() - 1));
  };

  void every(faults.rebalanceEvery, rebalance);
  void every(faults.outageEvery, outage);
  void every(faults.repeatEvery, repeat);
  void every(faults.clocks === 0 ? 0 : 5_000, jump);
};
