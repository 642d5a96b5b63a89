import { rules, type Section, tests } from "../promise.ts";

export const evolution: Section = {
  title: "Evolution and shape",
  promises: [
    {
      id: "compatible",
      promise: "All released versions of a schema are compatible with each other, in both directions.",
      how: "the generator checks FULL_TRANSITIVE compatibility against the lock when it assigns ids",
      keptBy: ["schemas/generate.mjs", "schemas/ids.json"],
      proofs: tests(
        "schemas/lock.test.ts",
        "a change is held against every earlier version, not only the last",
        "a released entry that is gone or changed is refused",
        "a field with a default is a new version under a new id, and the old version stays",
      ),
    },
    {
      id: "old-events",
      promise: "Old events stay readable: bytes are read with the schema that wrote them.",
      how: "the codec contains every released schema",
      keptBy: ["events/codec/codec.ts"],
      proofs: tests("guarantees/wire.test.ts", "bytes of an earlier version are read with the schema that wrote them"),
    },
    {
      id: "pure-tables",
      promise: "Tables are pure, and no service imports another service.",
      how: "the linter checks all imports; planted violations test each rule",
      keptBy: ["infra/lint/areas.ts", "infra/lint/impure.ts"],
      proofs: tests("infra/lint/imports.test.ts", "the check of imports refuses in …"),
    },
    {
      id: "repeatable",
      promise: "The same seed gives the same history, byte for byte: all asynchrony, time and randomness comes through ports.",
      how: "all adapters pass one contract; the memory adapters simulate the failures of the real ones",
      keptBy: ["events/ports.ts", "events/simulation/simulate.ts"],
      proofs: [
        ...tests("simulation/simulation.test.ts", "the same seed gives the same history, byte for byte, and another seed another"),
        ...rules("decisions follow from state and command alone"),
      ],
    },
  ],
};
