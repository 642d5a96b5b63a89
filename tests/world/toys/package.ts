const text = (key: string, value: string) => ({ key, label: key, description: key, type: "string", default: value, required: false });
const configJson = JSON.stringify({
  type: "array",
  properties: [
    {
      key: "cluster",
      description: "The cluster",
      type: "array",
      properties: [text("name", "small"), text("description", ""), text("subnet", "")],
    },
    { key: "env", description: "Its environment", type: "array", properties: [text("colour", "red")] },
  ],
});
const template = JSON.stringify({
  name: "{{cluster.name}}",
  description: "{{cluster.description}}",
  subnet: "{{cluster.subnet}}",
  nodes: [
    {
      role: "web",
      container: { type: "docker", image: "none" },
      count: 1,
      cpu: 1,
      memory: 1024,
      volume: { size: 1, mount_point: "/data", filesystem: "ext4" },
      services: { start: { cmd: "run" }, stop: { cmd: "halt" } },
    },
  ],
  env: { colour: "{{env.colour}}" },
  endpoints: { http: { port: 80, protocol: "http" } },
});

/** A package of one node, so that a run has many clusters and each is soon there. */
export const smallPackage = { configJson, template };
