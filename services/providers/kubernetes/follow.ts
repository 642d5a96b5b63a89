import { backOff, type Clock } from "../../../events/index.ts";
import { type JsonObject, text } from "../../packages/json.ts";
import { type Api, Gone } from "./api.ts";
import { objectIn } from "./observed.ts";
import { Forbidden } from "./ports.ts";

/** Seconds after which the server ends a watch, and milliseconds after which it is taken for dead. */
const SECONDS = 240;
const DEAD = (SECONDS + 30) * 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * Follows a collection until the signal aborts. It lists first, and calls `changed` without an object; then it watches from that version on. A watch that
 * ends goes on where it ended, by its last object or bookmark; what the server does not have any more is listed anew. A collection that the credential
 * may not watch is left out.
 */
export const follow = async (
  api: Pick<Api, "get" | "lines">,
  { collection, selector }: { readonly collection: string; readonly selector: string },
  changed: (metadata?: JsonObject) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> => {
  const query = selector === "" ? "" : `&labelSelector=${encodeURIComponent(selector)}`;
  let version = "";
  for (let failures = 0; !signal.aborted; ) {
    try {
      if (version === "") {
        version = text(objectIn(await api.get(`${collection}?limit=1${query}`), "metadata").resourceVersion);
        changed();
      }
      const parameters = `watch=true&allowWatchBookmarks=true&timeoutSeconds=${SECONDS}&resourceVersion=${encodeURIComponent(version)}`;
      const alive = AbortSignal.any([signal, AbortSignal.timeout(DEAD)]);
      await api.lines(
        `${collection}?${parameters}${query}`,
        (event) => {
          // An error in a watch says that the version is too old, or that the server does not know what has happened since.
          if (event.type === "ERROR") throw new Gone();
          const metadata = objectIn(objectIn(event, "object"), "metadata");
          version = text(metadata.resourceVersion) || version;
          failures = 0;
          if (event.type !== "BOOKMARK") changed(metadata);
        },
        alive,
      );
    } catch (error) {
      if (signal.aborted || error instanceof Forbidden) return;
      if (error instanceof Gone) version = "";
      failures += 1;
    }
    await clock.sleep(backOff(clock, failures + 1, 500, LONGEST_PAUSE), signal);
  }
};
