import { current } from "./node.mjs";
import { version } from "./version.mjs";

/** Part of every answer: names the node that served it. */
export const servedBy = () => {
  const { node_id, address, role } = current().self;
  return { node_id, address, role, version };
};
