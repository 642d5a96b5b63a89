import { contentOf } from "../../harness/content.ts";
import { contestant } from "../../harness/contestant.ts";
import { pitrixShadow } from "../../harness/pitrix-shadow.ts";
import type { ReadModelInput } from "../../harness/read-model.ts";

/** The live collection is filled before; whether the two are equal is asked afterwards. */
await contestant(async (input: ReadModelInput) => {
  const { fill, verdict, close } = await pitrixShadow(input);
  let collection = "";
  return {
    work: async () => {
      collection = await fill();
      return input.events;
    },
    check: async () => {
      const { differences } = await verdict(collection);
      return differences === 0 ? contentOf(input.url, input.database, collection) : `${differences} differences`;
    },
    close,
  };
});
