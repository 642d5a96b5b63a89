import type { AnyService, Rejection } from "../../events/index.ts";
import type { Inspection } from "../../schemas/generated/http.ts";
import { isProblem, isRejected, type Problem } from "../chassis/http/problems.ts";
import { CommandFailed } from "../chassis/operator/failure.ts";
import type { PartsAnswer } from "../chassis/operator/inspection-routes.ts";
import { type Asked, inspectionOf } from "../chassis/operator/inspections.ts";
import type { Work } from "../chassis/operator/works.ts";

type Refused = Rejection | Problem;
/** Inspections of the platform: the services do the work and know how far it is, so any gateway can be asked. */
export type Inspecting = {
  readonly create: (by: string, asked: Asked) => Promise<Inspection | Refused>;
  readonly get: (by: string, id: string) => Promise<Inspection | Refused>;
  readonly list: (by: string) => Promise<readonly Inspection[]>;
  readonly stop: (by: string, id: string) => Promise<Inspection | Refused>;
};
type Part = Work & { readonly service: string };
type Platform = {
  readonly services: () => readonly string[];
  readonly ask: (by: string, service: string, path: string, body?: object) => Promise<object | Refused>;
  /** What each instance of all services answers; those that do not are left out. */
  readonly askAll: (by: string, path: string, body?: object) => Promise<readonly object[]>;
  readonly tables: () => Promise<readonly AnyService[]>;
  readonly newId: () => string;
};

const partsIn = (answer: object): readonly Part[] => {
  const { service, parts } = answer as PartsAnswer; // All services are of one release.
  return parts.map((part) => ({ ...part, service }));
};

/** One inspection of its parts. Its id names the services that take part: one that has lost its part is missed. */
const inspectionIn = (id: string, parts: readonly Part[], withResult = true): Inspection => {
  const [first] = parts;
  const kind = (first?.kind ?? "audit") as Inspection["inspection"]; // The services name what they were asked.
  const isLost = parts.length < partsOf(id);
  const status = isLost
    ? "failed"
    : ((["failed", "stopped", "running"] as const).find((each) => parts.some((part) => part.status === each)) ?? "done");
  const results = parts.flatMap(({ result }) => result ?? []);
  return {
    ...{ inspection_id: id, inspection: kind, status, asked_by: (first?.by ?? "").replace(/^api:/, "") },
    create_time: new Date(Math.min(...parts.map(({ began }) => began))).toISOString(),
    part: parts
      .map(({ service, status: own, read, all, reason }) => ({ service, status: own, read, all, ...(reason !== undefined && { reason }) }))
      .toSorted((one, other) => (one.service < other.service ? -1 : 1)),
    ...(withResult && status === "done" && { [kind]: inspectionOf(kind).merge(results) }),
  };
};
const partsOf = (id: string): number => Number(id.split("-")[1] ?? 0);
const isId = (id: string): boolean => /^ins-\d{1,3}-[\w]{8,40}$/.test(id);
const unknown = (id: string): Rejection => ({ rejected: `resource [${id}] not found`, kind: "notFound" });

export const inspecting = ({ services, ask, askAll, tables, newId }: Platform): Inspecting => {
  const partsFrom = async (by: string, path: string, body?: object) => (await askAll(by, path, body)).flatMap(partsIn);
  const found = (id: string, parts: readonly Part[]): Inspection | Refused => {
    const own = parts.filter((part) => part.id === id);
    return own.length === 0 ? unknown(id) : inspectionIn(id, own);
  };
  const stop = async (by: string, id: string): Promise<readonly Part[]> =>
    isId(id) ? partsFrom(by, "/internal/inspections/stop", { id }) : [];

  return {
    create: async (by, asked) => {
      let names: readonly string[];
      try {
        names = inspectionOf(asked.inspection).services(asked, await tables());
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error;
        return { rejected: error.message, kind: "invalid" };
      }
      const running = names.filter((name) => services().includes(name));
      if (running.length === 0) return { rejected: `${names.join(", ")} does not run`, kind: "notFound" };
      const id = `ins-${running.length}-${newId()}`;
      const begun = await Promise.all(running.map((service) => ask(by, service, "/internal/inspections", { ...asked, id })));
      const refused = begun.find((answer) => isProblem(answer) || isRejected(answer));
      if (refused) {
        await stop(by, id);
        return refused as Refused; // Found by these guards.
      }
      return inspectionIn(id, begun.flatMap(partsIn));
    },
    get: async (by, id) => (isId(id) ? found(id, await partsFrom(by, `/internal/inspections?id=${id}`)) : unknown(id)),
    list: async (by) => {
      const all = await partsFrom(by, "/internal/inspections");
      return [...new Set(all.map(({ id }) => id))]
        .map((id) =>
          inspectionIn(
            id,
            all.filter((part) => part.id === id),
            false,
          ),
        )
        .toSorted((one, other) => (one.create_time > other.create_time ? -1 : 1));
    },
    stop: async (by, id) => found(id, await stop(by, id)),
  };
};
