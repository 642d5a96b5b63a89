import { createRequire } from "node:module";

type Connection = { readonly socket: { emit: (event: "drain") => boolean } };
type Prototype = { cleanup: (this: Connection, error: Error) => void; isReleasing?: true };

/**
 * A workaround for the driver (7.9): an operation that waits for a socket's `drain` event waits forever if the socket is closed without an
 * error meanwhile. This happens when a killed server closes its connections and the driver hands one out before it notices. After `drain` the
 * operation checks the connection's error, so an artificial `drain` event ends it with that error.
 */
export const releaseFromClosedConnections = (): void => {
  // The driver does not export the class; its shape is that of the pinned version.
  const { Connection } = createRequire(import.meta.url)("mongodb/lib/cmap/connection") as { readonly Connection: { prototype: Prototype } };
  const { prototype } = Connection;
  if (prototype.isReleasing) return;
  const { cleanup } = prototype;
  if (typeof cleanup !== "function")
    throw new Error("This version of mongodb has a different Connection class: adapt closed-connections.ts");
  prototype.isReleasing = true;
  prototype.cleanup = function (error) {
    cleanup.call(this, error);
    this.socket.emit("drain");
  };
};
