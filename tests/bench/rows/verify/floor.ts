import { isDeepStrictEqual } from "node:util";
import { MongoClient } from "mongodb";
import { contestant } from "../../harness/contestant.ts";
import { judged, pitrixShadow } from "../../harness/pitrix-shadow.ts";
import type { ReadModelInput } from "../../harness/read-model.ts";

const page = 1_000;

/** The same two collections, read side by side in the order of their ids. */
await contestant(async (input: ReadModelInput) => {
  const { live, fill, verdict, close } = await pitrixShadow(input);
  const other = await fill();
  await verdict(other);
  const client = await new MongoClient(input.url).connect();
  const cursorOf = (name: string) => client.db(input.database).collection(name).find({}, { batchSize: page }).sort({ _id: 1 });
  const found = { compared: 0, differences: 0 };
  return {
    work: async () => {
      const [one, two] = [cursorOf(live), cursorOf(other)];
      for (;;) {
        const [left, right] = await Promise.all([one.next(), two.next()]);
        if (!left && !right) return found.compared;
        found.compared += 1;
        if (!isDeepStrictEqual(left, right)) found.differences += 1;
      }
    },
    check: async () => judged(found),
    close: async () => {
      await client.close();
      await close();
    },
  };
});
