import { type Area, layers, library } from "./areas.ts";
import type { Edge, File, Graph } from "./graph.ts";
import type { Violation } from "./violation.ts";

/** Imports that the layers do not allow, and imports with computed paths. */
export const layerViolations = (graph: Graph): readonly Violation[] =>
  [...graph.values()].flatMap((file) => [
    ...computedImports(file),
    ...file.edges.flatMap((edge) => layers.flatMap((areas) => violations(areas, edge))),
    ...file.edges.flatMap(insideImports),
  ]);

const violations = (areas: readonly Area[], { from, to, line }: Edge): readonly Violation[] => {
  const importer = placementOf(areas, from);
  const imported = placementOf(areas, to);
  if (!importer || !imported || importer.unit === imported.unit || mayImport(areas, importer.area, imported.area.name)) return [];
  const { name, instead } = importer.area;
  return [{ rule: "layers", from, line, to, text: `${name} may not import ${to} of ${imported.area.name}. ${instead}` }];
};

const insideImports = ({ from, to, line }: Edge): readonly Violation[] => {
  const { files, entries, users, instead } = library;
  if (!users.test(from) || !files.test(to) || entries.test(to)) return [];
  return [{ rule: "layers", from, line, to, text: `${to} is internal to the library. ${instead}` }];
};

/** The one file that loads another build, which an operator names. */
const builds = "services/cli/build.ts";

const computedImports = ({ path, imports }: File): readonly Violation[] =>
  imports
    .filter(({ specifier }) => specifier === "" && !path.startsWith("tests/") && path !== builds)
    .map(({ line }) => ({
      rule: "layers",
      from: path,
      line,
      to: "import()",
      text: "the imported path is computed. Use a string literal.",
    }));

type Placement = { readonly area: Area /** Distinguishes two services that match the same area. */; readonly unit: string };
const placementOf = (areas: readonly Area[], path: string): Placement | undefined => {
  for (const area of areas) {
    const [matched] = area.files.exec(path) ?? [];
    if (matched !== undefined) return { area, unit: `${area.name} ${matched}` };
  }
  return undefined;
};

const mayImport = (areas: readonly Area[], { imports }: Area, name: string): boolean =>
  imports.includes(name) || areas.some((area) => imports.includes(area.name) && mayImport(areas, area, name));
