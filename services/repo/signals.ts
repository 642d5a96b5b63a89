import type { Signal } from "../../events/effect.ts";
import type { Clock } from "../../events/ports.ts";
import type { RepoCommand } from "./domain/repo.ts";

/** The platform's own repositories hold what people upload. They are there from the first start; later ones change nothing. */
export const internalRepos =
  ({ sleep }: Pick<Clock, "sleep">): Signal<RepoCommand> =>
  (send) => {
    const stopped = new AbortController();
    const establish = async (): Promise<void> => {
      await send({ type: "EstablishRepo", repoId: "repo-vmbased", providers: ["local", "aws", "qingcloud"] });
      await send({ type: "EstablishRepo", repoId: "repo-helm", providers: ["kubernetes"] });
    };
    const working = (async () => {
      for (let done = false; !done && !stopped.signal.aborted; ) {
        done = await establish().then(
          () => true,
          () => false,
        );
        if (!done) await sleep(1_000, stopped.signal);
      }
    })();
    return async () => {
      stopped.abort();
      await working;
    };
  };
