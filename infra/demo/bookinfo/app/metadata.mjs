import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** The metadata of this node and its cluster: { self, hosts, cluster, endpoints }. */
export const metadataFile = process.env.PITRIX_METADATA ?? "metadata.json";

export const readMetadata = () => {
  const { self, hosts = {}, cluster = {}, endpoints = {} } = JSON.parse(readFileSync(metadataFile, "utf8"));
  return { self: { ...self, node_id: self.node_id || hostname() }, hosts, cluster, endpoints };
};

export const settingsOf = ({ self, cluster }) => ({ title: "BookInfo", reviews_shown: 10, port: 9080, ...cluster.env, ...self.env });
