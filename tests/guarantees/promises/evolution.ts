import { rules, type Section, tests } from "../promise.ts";

export const evolution: Section = {
  title: "Evolution and shape",
  promises: [
    {
      id: "compatible",
      promise: "All released versions of a schema are compatible with each other, in both directions.",
      how: "FULL_TRANSITIVE, checked against the lock when ids are made",
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
      how: "every released schema is part of the codec",
      keptBy: ["events/codec/codec.ts"],
      proofs: tests("guarantees/wire.test.ts", "bytes of an earlier version are read with the schema that wrote them"),
    },
    {
      id: "pure-tables",
      promise: "Tables are pure and services import no other service.",
      how: "a check of all imports, with planted violations of each rule",
      keptBy: ["infra/lint/areas.ts", "infra/lint/impure.ts"],
      proofs: tests("infra/lint/imports.test.ts", "the check of imports refuses in …"),
    },
    {
      id: "repeatable",
      promise: "A seed is a history, byte for byte, since everything asynchronous, timed or random comes through a port.",
      how: "one contract for all adapters; those in memory misbehave as the real ones do",
      keptBy: ["events/ports.ts", "events/simulation/simulate.ts"],
      proofs: [
        ...tests("simulation/simulation.test.ts", "the same seed gives the same history, byte for byte, and another seed another"),
        ...rules("decisions follow from state and command alone"),
      ],
    },
  ],
};
