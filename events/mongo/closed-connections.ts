import { createRequire } from "node:module";

type Connection = { readonly socket: { emit: (event: "drain") => boolean } };
type Prototype = { cleanup: (this: Connection, error: Error) => void; isReleasing?: true };

/**
 * The driver (7.9) lets an operation wait for room in a socket for ever when that socket is closed without an error meanwhile, as when a
 * server that was killed ends its connections and one is handed out just before the driver hears of it. Whoever waits looks at the
 * connection's error next, so being told that there is room ends it with that error.
 */
export const releaseFromClosedConnections = (): void => {
  // The class is not exported: its shape is taken from the pinned version.
  const { Connection } = createRequire(import.meta.url)("mongodb/lib/cmap/connection") as { readonly Connection: { prototype: Prototype } };
  const { prototype } = Connection;
  if (prototype.isReleasing) return;
  const { cleanup } = prototype;
  if (typeof cleanup !== "function") throw new Error("This version of mongodb has other connections: look at closed-connections.ts");
  prototype.isReleasing = true;
  prototype.cleanup = function (error) {
    cleanup.call(this, error);
    this.socket.emit("drain");
  };
};
