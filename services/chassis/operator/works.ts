import type { Clock } from "../../../events/index.ts";
import { CommandFailed } from "./failure.ts";

/** Long work of an instance: how far it is, and in the end what it found. Times are in milliseconds since 1970. */
export type Work = {
  readonly id: string;
  readonly kind: string;
  readonly by: string;
  readonly began: number;
  readonly ended: number | null;
  readonly status: "running" | "done" | "failed" | "stopped";
  /** Records read, and those to read. */
  readonly read: number;
  readonly all: number;
  readonly reason?: string;
  readonly result?: object;
};
export type Progress = (read: number, all: number) => void;

/** Works of an instance that run at a time; results that are kept, for so many milliseconds, and characters of each. */
const RUNNING = 2;
const KEPT = 10;
const KEEP = 3_600_000;
const LARGEST = 1024 * 1024;

/**
 * The long works of an instance, in its memory. They read and change nothing, so those of an instance that ends are simply begun again. The signal of a
 * work aborts when it is stopped, or with `stopping`.
 */
export const works = (
  { clock, stopping }: { readonly clock: Clock; readonly stopping: AbortSignal },
  report: (error: unknown) => void = () => {},
) => {
  const known = new Map<string, { work: Work; readonly stop: AbortController }>();
  const forget = (): void => {
    const over = [...known.values()].filter(({ work }) => work.ended !== null);
    for (const [at, { work }] of over.entries())
      if (at < over.length - KEPT || clock.now() - (work.ended ?? 0) > KEEP) known.delete(work.id);
  };
  const change = (id: string, to: Partial<Work>): void => {
    const found = known.get(id);
    if (found && found.work.ended === null) found.work = { ...found.work, ...to };
  };
  const end = (id: string, to: Partial<Work>): void => change(id, { ...to, ended: clock.now() });

  return {
    /** Whether it was begun, now or before: if not, as many as may be are under way. */
    begin: (
      { id, kind, by }: Pick<Work, "id" | "kind" | "by">,
      run: (signal: AbortSignal, progress: Progress) => Promise<object>,
    ): boolean => {
      forget();
      if (known.has(id)) return true;
      if ([...known.values()].filter(({ work }) => work.ended === null).length >= RUNNING || stopping.aborted) return false;
      const stop = new AbortController();
      known.set(id, { work: { id, kind, by, began: clock.now(), ended: null, status: "running", read: 0, all: 0 }, stop });
      run(AbortSignal.any([stop.signal, stopping]), (read, all) => change(id, { read, all })).then(
        (result) =>
          JSON.stringify(result).length > LARGEST
            ? end(id, { status: "failed", reason: "the result is too large: ask for a part of it" })
            : end(id, { status: "done", result }),
        (error: unknown) => {
          const isTold = error instanceof CommandFailed;
          if (!isTold && !stop.signal.aborted) report(error);
          end(id, { status: stop.signal.aborted ? "stopped" : "failed", reason: isTold ? error.message : "it broke off: see the log" });
        },
      );
      return true;
    },
    /** The first begun first. */
    list: (): readonly Work[] => {
      forget();
      return [...known.values()].map(({ work }) => work);
    },
    stop: (id: string): void => {
      known.get(id)?.stop.abort(new Error("stopped"));
      end(id, { status: "stopped" });
    },
  };
};
