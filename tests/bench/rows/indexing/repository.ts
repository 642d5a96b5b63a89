import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pack } from "../../../../services/packages/archive.ts";

export type Shape = { readonly charts: number; readonly versions: number };

const values = 'replicas: 1\nimage:\n  repository: example/service\n  tag: "1.0"\nservice:\n  type: ClusterIP\n  port: 80\nresources: {}\n';

/** Writes a Helm repository: an index as `helm repo index` writes it, and a small chart for each version. */
export const writeRepository = async (directory: string, { charts, versions }: Shape): Promise<void> => {
  mkdirSync(join(directory, "charts"), { recursive: true });
  const index = ["apiVersion: v1", "entries:"];
  for (let chart = 0; chart < charts; chart++) {
    const name = `chart-${String(chart).padStart(4, "0")}`;
    index.push(`  ${name}:`);
    for (let number = versions - 1; number >= 0; number--) {
      // Helm does not show 0.0.0.
      const version = `${Math.floor(number / 100) + 1}.${Math.floor(number / 10) % 10}.${number % 10}`;
      const chartYaml = `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "1.${number}"\ndescription: A service\ntype: application\n`;
      const texts = {
        "Chart.yaml": chartYaml,
        "values.yaml": values,
        "templates/service.yaml": "kind: Service\n",
        "README.md": `# ${name}\n`,
      };
      const files = Object.entries(texts).map(([path, text]) => [`${name}/${path}`, new TextEncoder().encode(text)] as const);
      const archive = await pack(new Map(files));
      writeFileSync(join(directory, "charts", `${name}-${version}.tgz`), archive);
      const digest = createHash("sha256").update(archive).digest("hex");
      index.push(...entry(name, version, number, digest));
    }
  }
  index.push('generated: "2026-01-01T00:00:00Z"', "");
  writeFileSync(join(directory, "index.yaml"), index.join("\n"));
};

const entry = (name: string, version: string, number: number, digest: string): readonly string[] => [
  `  - apiVersion: v2`,
  `    appVersion: "1.${number}"`,
  `    created: "2026-01-01T00:00:00.000000000Z"`,
  `    description: A service that the benchmark indexes and nobody deploys`,
  `    digest: ${digest}`,
  `    home: https://charts.example/${name}`,
  `    keywords:`,
  `    - service`,
  `    - example`,
  `    maintainers:`,
  `    - email: charts@charts.example`,
  `      name: Charts`,
  `    name: ${name}`,
  `    sources:`,
  `    - https://source.example/${name}`,
  `    type: application`,
  `    urls:`,
  `    - charts/${name}-${version}.tgz`,
  `    version: ${version}`,
];
