import type { Pointer } from "../../../events/index.ts";
import { aborting, compare, promoting, rebuilding } from "../../../events/runtime.ts";
import { isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";

/** Documents of one comparison. */
const PAGE = 500;

type Move = (
  pointer: Pointer,
  asked: { readonly fold: number; readonly collection: string; readonly now: number },
) => Pointer | string | undefined;

/** The changes that an operator may ask for. A text says why the pointer must not move; undefined: it has moved already. */
const moves: { readonly [action: string]: Move | undefined } = {
  rebuild: (pointer, { fold }) => {
    const other = asideOf(pointer);
    return other === undefined ? rebuilding(pointer, fold) : `${other} is being filled: promote or abort it first`;
  },
  promote: (pointer, { collection }) =>
    isFed(pointer, collection) ? promoting(pointer, collection) : `there is no collection ${collection}`,
  rollback: (pointer) => {
    const former = pointer.feeds.filter(({ until, collection }) => until !== null && collection !== pointer.active).at(-1);
    return former ? promoting(pointer, former.collection) : "there is no former collection any more";
  },
  abort: (pointer, { collection, now }) => {
    if (collection === pointer.active) return `${collection} is the active collection`;
    return isFed(pointer, collection) ? aborting(pointer, collection, now) : `there is no collection ${collection}`;
  },
};

const isFed = ({ feeds }: Pointer, name: string): boolean => feeds.some(({ collection }) => collection === name);
/** The collection that is filled beside the active one, and not given up. */
const asideOf = ({ feeds, active }: Pointer): string | undefined =>
  feeds.find(({ until, collection }) => until === null && collection !== active)?.collection;

/** Routes for operators: where read models are, and filling one anew beside the live one. */
export const readModelRoutes = (host: Host): readonly InternalRoute[] => {
  const { instance, ports } = host;
  const service = instance.service.name;
  const common = { access: "operators", bodyLimit: 64 * 1_024 } as const;
  return [
    {
      ...common,
      method: "get",
      path: "/internal/read-models",
      answer: async () => ({ service, models: await instance.readModels.status() }),
    },
    {
      ...common,
      method: "post",
      path: "/internal/read-models/verify",
      answer: async ({ body }) => {
        const asked = askedIn(body, host);
        if (isProblem(asked)) return asked;
        const { after } = body;
        if (!["string", "undefined"].includes(typeof after)) return makeProblem("illegal_parameter_format", "after");
        const pointer = (await ports.documents.pointers()).find(({ model }) => model === asked.model);
        const other = asked.collection || (pointer && asideOf(pointer));
        if (!pointer?.active || !other || !isFed(pointer, other))
          return makeProblem("resource_not_found", asked.collection || "a collection beside the active one");
        return { service, active: pointer.active, collection: other, ...(await compare(ports, [pointer.active, other], after, PAGE)) };
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
        const { model, collection } = asked;
        const moved = await instance.readModels.change(model, (pointer, fold) =>
          move(pointer, { fold, collection: collection || (asideOf(pointer) ?? ""), now: ports.clock.now() }),
        );
        if (typeof moved === "string") return makeProblem("failed_precondition", moved);
        host.logger.info({ by, action, model, generation: moved.generation }, "the pointer of a read model was moved");
        return { service, pointer: moved };
      },
    },
  ];
};

const askedIn = (body: unknown, { models }: Host): { readonly model: string; readonly collection: string } | Problem => {
  if (!isFields(body)) return makeProblem("request_parse_failed", "the body is not a JSON object");
  const { model, collection = "" } = body;
  if (typeof model !== "string" || model === "") return makeProblem("missing_parameter", "model");
  if (typeof collection !== "string") return makeProblem("illegal_parameter_format", "collection");
  return models.has(model) ? { model, collection } : makeProblem("resource_not_found", model);
};
