import { seeded } from "../../../events/simulation/time.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { access } from "../../../services/chassis/access/access.ts";
import { newKeyPair, signToken } from "../../../services/chassis/access/tokens.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { services } from "../../../services/index.ts";
import { documentsOf } from "../../access/fixtures.ts";
import { knownOf, refusedCells } from "../../access/random-cells.ts";
import type { Attack } from "../attack.ts";

const CELLS = 200;

/** Cells of docs/access.md at random: documents of everybody are put into the read models of the running platform, and people who may not ask for them. */
export const cells = (seed: number): Attack => ({
  class: "ownership",
  name: `ask for ${CELLS} rows at random that docs/access.md refuses (seed ${seed})`,
  has: "each role, and a role of one bundle at each level",
  holds: "each is refused as the page says",
  needs: "processes",
  last: true,
  run: async ({ inside, bearer }, { holds, control }) => {
    const { processes } = inside();
    if (!processes) throw new Error("there are no processes");
    const loaded = (await loadServices(services)).filter(({ name }) => name !== "provider-local");
    const stores = loaded.map((service) => ({ service, store: processes.store(service.name) }));
    const put = async (service: (typeof loaded)[number], model: string, id: string, stream: string, value: object): Promise<void> => {
      const { documents } = stores.find((each) => each.service === service)?.store ?? failed();
      const projections = [...(service.projections ?? []), access];
      const document = { id, stream, version: 1, deleted: false, value: { ...value } };
      await documents.write(collections(projections).of(model), [{ document, expected: 0 }]);
    };
    try {
      const { publicJwk, privateJwk } = await newKeyPair();
      const keyId = `key-of-cells-${seed}`;
      const know = (id: string, value: object) =>
        Promise.all(loaded.map((service) => put(service, access.name, id, id, { ...access.initialState, ...value })));
      await know(`signingKey/${keyId}`, { kind: "key", publicJwk });
      for (const service of loaded)
        for (const { model, id, value } of documentsOf(service)) await put(service, model, id, `x/${id}`, value);
      const as = async (userId: string) => bearer(await signToken({ keyId, privateJwk }, "access", userId, 600, {}, Date.now()));
      const known = new Set<string>();
      const wrong: string[] = [];
      const random = refusedCells(loaded, seeded(seed));
      for (let count = 0; count < CELLS; count++) {
        const cell = random.next().value;
        if (!known.has(cell.userId)) for (const [id, value] of knownOf(cell)) await know(id, value);
        known.add(cell.userId);
        const { call } = await as(cell.userId);
        wrong.push(...[cell.problemIn(await call(cell.operation, cell.request)) ?? []].flat());
      }
      holds(
        `${CELLS} cells, ${known.size} callers`,
        wrong.length === 0,
        wrong.length === 0 ? "all are refused" : wrong.slice(0, 8).join("; "),
      );
      // The same documents are there for who may see them.
      const { call } = await as("system");
      for (const operation of ["DescribeApps", "DescribeRepos", "DescribeClusters", "DescribeRuntimes", "DescribeUsers"] as const) {
        const { body } = await call(operation, { limit: 200 });
        control(`the system sees all by ${operation}`, JSON.stringify(body).includes('"foreign"'), `${body.total_count} rows`);
      }
    } finally {
      await Promise.all(stores.map(({ store }) => store.close()));
    }
  },
});

const failed = (): never => {
  throw new Error("there is no such service");
};
