import { pack } from "../../../services/packages/archive.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A .tgz of these texts. */
export const archiveOf = (files: Readonly<Record<string, string>>): Promise<Uint8Array> =>
  pack(new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)])));

export const configuration = {
  type: "array",
  properties: [
    {
      key: "cluster",
      type: "array",
      properties: [
        { key: "name", label: "Name", type: "string", default: "shop", required: "yes" },
        { key: "subnet", type: "string", default: "", required: true },
        {
          key: "web",
          type: "array",
          properties: [
            { key: "count", type: "integer", default: 1, min: 1, max: 5 },
            { key: "cpu", type: "integer", default: 1, range: [1, 2, 4] },
            { key: "volume_size", type: "integer", default: 10, min: 10, max: 1000, step: 10 },
          ],
        },
      ],
    },
    {
      key: "env",
      type: "array",
      properties: [
        { key: "web.console.enabled", type: "boolean" },
        { key: "load", type: "number", default: 0.5, max: 1 },
        { key: "secret", type: "password", default: "" },
        { key: "tags", type: "array" },
      ],
    },
  ],
} as const;

export const configJson = JSON.stringify(configuration);

export const templateOf = (node: Readonly<Record<string, unknown>> = {}, cluster: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    name: "{{cluster.name}}",
    description: "",
    subnet: "{{cluster.subnet}}",
    nodes: [{ role: "web", container: { type: "kvm", image: "node" }, count: "{{cluster.web.count}}", ...node }],
    ...cluster,
  });

export const devkitFiles = {
  "shop/package.json": JSON.stringify({
    name: "shop",
    version: "1.0.0",
    app_version: "2.1",
    maintainers: [{ name: "shop team" }, "somebody"],
    keywords: ["a"],
  }),
  "shop/config.json": configJson,
  "shop/cluster.json.tmpl": templateOf(),
  "shop/bin/run.sh": "#!/bin/sh\n",
};

export const chartFiles = {
  "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.10\nappVersion: 2.0\n",
  "shop/values.yaml": "replicas: 1\n",
  "shop/values.schema.json": '{"type":"object"}',
  "shop/README.md": "# Shop\n",
  "shop/templates/deployment.yaml": "kind: Deployment\n",
};
