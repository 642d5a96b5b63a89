import { contestant } from "../../harness/contestant.ts";
import { judged, pitrixShadow } from "../../harness/pitrix-shadow.ts";
import type { ReadModelInput } from "../../harness/read-model.ts";

await contestant(async (input: ReadModelInput) => {
  const { fill, verdict, verify, close } = await pitrixShadow(input);
  const collection = await fill();
  await verdict(collection);
  let found = { compared: 0, differences: 0 };
  return {
    work: async () => {
      await verify(collection);
      found = await verdict(collection);
      return found.compared;
    },
    check: async () => judged(found),
    close,
  };
});
