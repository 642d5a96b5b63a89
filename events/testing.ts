// For tests: memory adapters, a world in one process and virtual time, and the simulator, which injects faults and checks the promises.

export { memoryBlobs } from "./memory/blobs.ts";
export { type MemoryDatabase, memoryDatabase } from "./memory/database.ts";
export { memoryDocuments } from "./memory/documents.ts";
export { type Fate, kind } from "./memory/fate.ts";
export { memoryLogBroker } from "./memory/log.ts";
export { memoryParking } from "./memory/parking.ts";
export { memoryStore } from "./memory/store.ts";
export { type Happened, type Player, type WorldOptions, worldOn } from "./simulation/instances.ts";
export { type Player as SimulationPlayer, player, type Surroundings } from "./simulation/process.ts";
export { type Result, type Scenario, type SimulationOptions, simulate } from "./simulation/simulate.ts";
export { type World, world } from "./simulation/world.ts";
