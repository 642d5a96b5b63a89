import type { Clock } from "../ports.ts";

/** The saved position of a partition. */
export type Positions = {
  /** Undefined: from the start. */
  readonly load: () => Promise<number | undefined>;
  readonly save: (next: number) => Promise<void>;
};

/** Milliseconds between a batch and the save of its position: one write covers many batches. */
const SAVE_DELAY = 100;
type Saving = { next: number; over: Promise<void>; failure?: { readonly error: unknown } };

/** A position that is saved in the background with a delay: a repeated batch changes nothing. Saved immediately when the signal aborts. */
export const latePosition = ({ load, save }: Positions, clock: Clock, signal: AbortSignal) => {
  let saved = 0;
  let saving: Saving | undefined;

  const write = async (one: Saving): Promise<void> => {
    for (let written = -1; written !== one.next; ) {
      await clock.sleep(SAVE_DELAY, signal);
      written = one.next;
      await save(written);
      saved = written;
    }
    saving = undefined;
  };

  return {
    load: async (): Promise<number | undefined> => {
      const found = await load();
      saved = found ?? 0;
      return found;
    },
    /** The last saved position. */
    saved: (): number => saved,
    /** Schedules a save. Throws the error of the previous save, so that the batch is repeated. */
    save: (next: number): void => {
      if (saving?.failure) {
        const { error } = saving.failure;
        saving = undefined;
        throw error;
      }
      if (saving) {
        saving.next = next;
        return;
      }
      const one: Saving = { next, over: Promise.resolve() };
      one.over = write(one).catch((error: unknown) => {
        one.failure = { error };
      });
      saving = one;
    },
    /** Resolves when no save is pending. */
    settled: (): Promise<void> => saving?.over ?? Promise.resolve(),
  };
};
