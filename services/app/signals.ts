import type { Signal } from "../../events/effect.ts";
import type { Clock } from "../../events/ports.ts";
import { type CategoryCommand, uncategorized } from "./domain/category.ts";

/** The category of what has no other. It is there from the first start; later ones change nothing. */
export const defaultCategory =
  ({ sleep }: Pick<Clock, "sleep">): Signal<CategoryCommand> =>
  (send) => {
    const stopped = new AbortController();
    const category: CategoryCommand = {
      type: "CreateCategory",
      categoryId: uncategorized,
      name: "uncategorized",
      locale: '{"zh_cn":"未分类","en":"Uncategorized"}',
      description: "",
      icon: "",
      owner: "system",
      ownerPath: ":system",
    };
    const working = (async () => {
      for (let done = false; !done && !stopped.signal.aborted; ) {
        done = await send(category).then(
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
