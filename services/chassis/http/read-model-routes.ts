import { isMissingTopic } from "../../../events/runtime.ts";
import { isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";
import { type Asked, moves } from "./read-model-moves.ts";
import { type Order, ordered, orderIn } from "./read-model-orders.ts";

const MAX_RATE = 1_000_000;

/** What a rebuild would read and take, and why it cannot be. */
export type RebuildPlan = {
  readonly model: string;
  readonly active: string | null;
  readonly generation: number;
  readonly fold: number;
  readonly rate: Asked["rate"];
  readonly order: Order;
  /** Records of the log that would be read. */
  readonly topics: readonly { readonly topic: string; readonly partitions: number; readonly records: number }[];
  /** The live collection: so many documents and bytes of disk the new one is expected to have. */
  readonly documents: number;
  readonly bytes: number;
  /** Why it cannot be done now; empty: it can. */
  readonly refusals: readonly string[];
};

/** Routes for operators: where read models are, and filling one anew beside the live one. */
export const readModelRoutes = (host: Host): readonly InternalRoute[] => {
  const { instance, ports, logger } = host;
  const service = instance.service.name;
  const { readModels } = instance;
  const common = { access: "operators", bodyLimit: 64 * 1_024 } as const;

  /** What a read model is filled from, or why it cannot be. */
  const sourcesOf = async (model: string, order: Order) => {
    const projection = host.models.get(model);
    if (!projection) throw new Error(`there is no read model ${model}`);
    try {
      const sources = await readModels.sources(model, order.since, order.until);
      return ordered(instance.service, projection, order, sources);
    } catch (error) {
      if (!isMissingTopic(error)) throw error;
      return { order: { ends: [] }, refusals: [`${error.message}: start the service that announces its events`] };
    }
  };

  const plan = async ({ model, asked: given, ...asked }: Body): Promise<RebuildPlan | Problem> => {
    const { order, refusals } = await sourcesOf(model, given);
    const { ends } = order;
    const pointer = (await ports.documents.pointers()).find((each) => each.model === model);
    const [status] = await readModels.status(model);
    if (!pointer || !status) return makeProblem("failed_precondition", `the read model ${model} has no pointer yet`);
    const moved = moves.rebuild?.(pointer, { ...asked, fold: status.fold, ends, order, now: ports.clock.now() });
    const size = pointer.active === null ? { documents: 0, bytes: 0 } : await ports.documents.size(pointer.active);
    const topics = [...new Set(ends.map(({ topic }) => topic))].map((topic) => {
      const own = ends.filter((each) => each.topic === topic);
      return { topic, partitions: own.length, records: own.reduce((sum, { end }) => sum + end, 0) };
    });
    const { active, generation } = pointer;
    const all = [...refusals, ...(typeof moved === "string" ? [moved] : [])];
    return { model, active, generation, fold: status.fold, rate: asked.rate, order: given, topics, ...size, refusals: all };
  };

  return [
    {
      ...common,
      method: "get",
      path: "/internal/read-models",
      answer: async ({ query: { model } }) => {
        if (model !== undefined && (typeof model !== "string" || !host.models.has(model)))
          return makeProblem("resource_not_found", String(model));
        return { service, models: await readModels.status(model) };
      },
    },
    {
      ...common,
      method: "post",
      path: "/internal/read-models/plan",
      answer: async ({ body }) => {
        const asked = askedIn(body, host);
        if (isProblem(asked)) return asked;
        const planned = await plan(asked);
        return isProblem(planned) ? planned : { service, ...planned };
      },
    },
    {
      ...common,
      method: "post",
      path: "/internal/read-models/:action",
      answer: async ({ body, params }, by) => {
        const action = String(params.action);
        const move = moves[action];
        if (!move) return makeProblem("route_not_found", action);
        const asked = askedIn(body, host);
        if (isProblem(asked)) return asked;
        const { model, collection, unverified } = asked;
        const none = { order: { ends: [] }, refusals: [] };
        const { order, refusals } = action === "rebuild" || action === "verify" ? await sourcesOf(model, asked.asked) : none;
        const { ends } = order;
        if (refusals.length > 0) return makeProblem("failed_precondition", refusals.join("; "));
        const moved = await readModels.change(model, (pointer, fold) =>
          move(pointer, { ...asked, fold, ends, order, now: ports.clock.now() }),
        );
        if (typeof moved === "string") return makeProblem("failed_precondition", moved);
        const details = { by, action, model, collection, unverified, generation: moved.generation };
        logger[unverified ? "warn" : "info"](details, "the pointer of a read model was moved");
        return { service, pointer: moved };
      },
    },
  ];
};

type Body = Pick<Asked, "collection" | "rate" | "unverified" | "generation"> & { readonly model: string; readonly asked: Order };

const askedIn = (body: unknown, { models }: Host): Body | Problem => {
  if (!isFields(body)) return makeProblem("request_parse_failed", "the body is not a JSON object");
  const { model, collection = "", rate = null, unverified = false, generation = null } = body;
  if (typeof model !== "string" || model === "") return makeProblem("missing_parameter", "model");
  if (typeof collection !== "string") return makeProblem("illegal_parameter_format", "collection");
  if (typeof unverified !== "boolean") return makeProblem("illegal_parameter_format", "unverified");
  if (rate !== "auto" && !isWhole(rate, MAX_RATE)) return makeProblem("illegal_parameter_format", "rate");
  if (!isWhole(generation, Number.MAX_SAFE_INTEGER)) return makeProblem("illegal_parameter_format", "generation");
  const asked = orderIn(body);
  if (isProblem(asked)) return asked;
  return models.has(model) ? { model, collection, rate, unverified, generation, asked } : makeProblem("resource_not_found", model);
};

const isWhole = (value: unknown, most: number): value is number | null =>
  value === null || (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= most);
