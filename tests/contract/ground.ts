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
export type Ground = {
  readonly instance: (now?: () => number) => Instance;
  /** Everything stops and starts again; instances made before go on if they can. */
  readonly restart: () => Promise<void>;
  readonly end: () => Promise<void>;
};
export type MakeGround = () => Promise<Ground>;

/** A test on a ground of its own. */
export const onGround = (name: string, make: MakeGround, body: (ground: Ground) => Promise<void>): void => {
  test(name, async () => {
    const ground = await make();
    try {
      await body(ground);
    } finally {
      await ground.end();
    }
  });
};
