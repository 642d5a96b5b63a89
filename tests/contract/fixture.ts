import { test } from "node:test";
import type { Blobs, Documents, EventStore, Parking } from "../../events/ports.ts";

/** One process's adapters. */
export type Instance = {
  readonly store: EventStore;
  readonly documents: Documents;
  readonly parking: Parking;
  readonly blobs: Blobs;
};

/** Something durable and empty for the adapters of several processes to stand on. */
export type Fixture = {
  readonly instance: (now?: () => number) => Instance;
  /** Everything stops and starts again; instances made before go on if they can. */
  readonly restart: () => Promise<void>;
  readonly end: () => Promise<void>;
};
export type MakeGround = () => Promise<Fixture>;

/** A test with its own fixture. */
export const onGround = (name: string, make: MakeGround, body: (fixture: Fixture) => Promise<void>): void => {
  test(name, async () => {
    const fixture = await make();
    try {
      await body(fixture);
    } finally {
      await fixture.end();
    }
  });
};
