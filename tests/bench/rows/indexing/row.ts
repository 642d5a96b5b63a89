import { join } from "node:path";
import { type Contestant, type Role, type Row, told } from "../../harness/row.ts";
import { isWhole, runApart } from "../commands/run.ts";
import { helmMissing, helmNote } from "./helm.ts";
import { writeRepository } from "./repository.ts";

const FLOOR = "parse and one insert a version";

export const row: Row = {
  id: "indexing",
  order: 53,
  title: "Indexing a Helm repository",
  about:
    "A repository of 100 charts with 100 versions each, over local HTTP: from the request to index it until the last version is listed, and the same again when nothing has changed. " +
    "The platform also fetches, reads and keeps each version's archive; the second floor fetches and keeps them, too. What the floor does again is the parse alone.",
  servers: undefined,
  figures: [
    told("first, rate", "versions/s", "more", [{ of: FLOOR, least: 0.7 }]),
    told("unchanged, s", "s", "less", [{ of: FLOOR, most: 1.5 }]),
  ],
  prepare: async (fixture) => {
    const versions = isWhole(fixture) ? 100 : 10;
    const charts = fixture.scaled(100, 1);
    const count = charts * versions;
    const directory = join(fixture.directory, "repository");
    await writeRepository(directory, { charts, versions });
    const of = (
      name: string,
      role: Role,
      file: string,
      expected: string,
      more: object = {},
      about: Partial<Contestant> = {},
    ): Contestant => ({
      ...{ name, role, expected, ...about },
      run: () => runApart(fixture, join(import.meta.dirname, file), { directory, count, ...more }),
    });
    const missing = async () => (fixture.foreign ? helmMissing() : "it is not built for this run");
    const archives = of(
      "the same with archives",
      "floor",
      "floor.js",
      `${count}`,
      { archives: true },
      { note: "each archive is fetched and kept" },
    );
    return {
      contestants: [
        of(FLOOR, "floor", "floor.js", `${count}`, { archives: false }),
        of("Pitrix", "pitrix", "pitrix.js", "right"),
        of("helm repo add, update", "peer", "helm.js", `${count}`, {}, { note: helmNote, missing }),
        ...(isWhole(fixture) ? [archives] : []),
      ],
    };
  },
};
