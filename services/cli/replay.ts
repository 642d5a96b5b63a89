import type { Verdict } from "../../events/index.ts";
import type { ModelStatus } from "../../events/runtime.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { operatorOf } from "./choose.ts";
import type { Platform } from "./connection.ts";
import type { Action, Located, Moved, Plan } from "./operator.ts";

/** A read model of the platform: `cluster/clusters`. */
export type Target = { readonly service: string; readonly model: string };
export type Verification = Verdict & { readonly collection: string };

export const targetIn = (text: string): Target => {
  const [service = "", model = "", more] = text.split("/");
  if (service && model && more === undefined) return { service, model };
  throw new CommandFailed(
    `${text} does not name a read model; write <service>/<read model>, for example cluster/clusters`,
    exitCodes.usage,
  );
};

/** Where the read models of one service, or of all services, are. */
export const modelsOf = (platform: Platform, service: string | undefined): Promise<readonly Located[]> =>
  operatorOf(platform).models(service);

export const modelOf = async (platform: Platform, { service, model }: Target): Promise<Located> => {
  const models = await modelsOf(platform, service);
  const found = models.find((each) => each.model === model);
  if (found) return found;
  const names = models.map((each) => each.model).toSorted();
  throw new CommandFailed(`${service} has no read model ${model}; it has ${names.join(", ") || "none"}`, exitCodes.notFound);
};

/** What a rebuild would read and take. */
export const planOf = async (
  platform: Platform,
  target: Target,
  rate: Plan["rate"] | undefined,
  order: Plan["order"] = {},
): Promise<Plan> => {
  await modelOf(platform, target);
  return operatorOf(platform).plan(target.service, target.model, rate, order);
};

/** Asks the service to move the pointer of a read model. */
export const move = (platform: Platform, { service, model }: Target, action: Action, more: Moved): Promise<void> =>
  operatorOf(platform).move(service, model, action, more);

/** The collection that is filled beside the active one. */
export const asideOf = ({ feeds, active }: ModelStatus) => feeds.find(({ until, collection }) => until === null && collection !== active);

export const statusOf = async (platform: Platform, { service, model }: Target): Promise<Located> => {
  const [found] = await operatorOf(platform).models(service, model);
  if (!found) throw new CommandFailed(`the read model ${model} of ${service} has no pointer yet`, exitCodes.notFound);
  return found;
};

/** Resolves with the first model for which `done` gives something. */
const followed = async <T>(
  platform: Platform,
  target: Target,
  signal: AbortSignal,
  done: (model: Located) => T | undefined,
): Promise<T> => {
  for (;;) {
    const found = done(await statusOf(platform, target));
    if (found !== undefined) return found;
    if (signal.aborted) throw new CommandFailed("interrupted; the platform goes on: see `pitrix replay status`");
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
};

/** How far a rebuild is: records read of those to read, then documents compared. */
export type Progress = { readonly read: number; readonly end: number; readonly compared: number };

/** Waits until a rebuild is filled and compared with the live collection. */
export const judgedRebuild = (
  platform: Platform,
  target: Target,
  collection: string | undefined,
  report: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Verification> =>
  followed(platform, target, signal, (model) => {
    const feed = collection === undefined ? asideOf(model) : model.feeds.find((each) => each.collection === collection);
    if (!feed?.rebuild)
      throw new CommandFailed(`${collection ?? "the rebuild"} was given up or promoted meanwhile: see \`pitrix replay status\``);
    const { read, end, rebuild } = feed;
    if (rebuild.verdict) return { collection: feed.collection, ...rebuild.verdict };
    report({ read: read ?? 0, end, compared: model.compared });
    return undefined;
  });

/** Waits until no collection is on its way to become the active one. */
export const promoted = (platform: Platform, target: Target, signal: AbortSignal): Promise<Located> =>
  followed(platform, target, signal, (model) => (model.next === null ? model : undefined));
