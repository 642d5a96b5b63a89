import { contestant } from "../../harness/contestant.ts";
import { pitrixReadModel } from "../../harness/pitrix-read-model.ts";
import type { ReadModelInput } from "../../harness/read-model.ts";

await contestant((input: ReadModelInput) => pitrixReadModel(input, false));
