import { current } from "./node.mjs";
import { version } from "./version.mjs";

/** Stands in every answer, so that it can be seen which node gave which part. */
export const servedBy = () => {
  const { node_id, address, role } = current().self;
  return { node_id, address, role, version };
};
