import type { Comparison, Difference, ModelStatus } from "../../events/runtime.ts";
import { askOne, type Platform } from "./connection.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { type Paint, plain, table } from "./output.ts";

/** A read model of the platform: `cluster/clusters`. */
export type Target = { readonly service: string; readonly model: string };
export type Located = ModelStatus & { readonly service: string };

export const targetIn = (text: string): Target => {
  const [service = "", model = "", more] = text.split("/");
  if (service && model && more === undefined) return { service, model };
  throw new CommandFailed(
    `${text} does not name a read model; write <service>/<read model>, for example cluster/clusters`,
    exitCodes.usage,
  );
};

const answered = async (platform: Platform, service: string, path: string, body?: object): Promise<object> => {
  const answer = await askOne(platform, service, path, body);
  if (answer === undefined) throw new CommandFailed(`${service} does not answer`, exitCodes.unavailable);
  return Object(answer);
};

/** Where the read models of one service, or of all services, are. */
export const modelsOf = async (platform: Platform, service: string | undefined): Promise<readonly Located[]> => {
  const all = await platform.instances(service);
  const names = [...new Set(all.map((instance) => instance.service))];
  const answers = names.map(async (name) => {
    const models = Reflect.get(await answered(platform, name, "/internal/read-models"), "models");
    return (models as readonly ModelStatus[]).map((model) => ({ ...model, service: name })); // The type of the service's answer.
  });
  return (await Promise.all(answers)).flat();
};

export const modelOf = async (platform: Platform, { service, model }: Target): Promise<Located> => {
  const models = await modelsOf(platform, service);
  const found = models.find((each) => each.model === model);
  if (found) return found;
  const names = models.map((each) => each.model).toSorted();
  throw new CommandFailed(`${service} has no read model ${model}; it has ${names.join(", ") || "none"}`, exitCodes.notFound);
};

/** Asks the service to move the pointer of a read model. */
export const move = async (platform: Platform, { service, model }: Target, action: string, collection?: string): Promise<void> => {
  await answered(platform, service, `/internal/read-models/${action}`, { model, ...(collection && { collection }) });
};

/** The collection that is filled beside the active one. */
export const asideOf = ({ feeds, active }: ModelStatus) => feeds.find(({ until, collection }) => until === null && collection !== active);

/** Waits until a collection contains what was on the log a moment ago. */
export const filled = async (
  platform: Platform,
  target: Target,
  report: (read: number, end: number) => void,
  signal: AbortSignal,
): Promise<Located> => {
  for (;;) {
    const model = await modelOf(platform, target);
    const aside = asideOf(model);
    if (!aside) return model;
    report(aside.read ?? 0, aside.end);
    if (aside.read !== null && aside.read >= aside.end) return model;
    if (signal.aborted) throw new CommandFailed("interrupted; the platform goes on: see `pitrix replay status`");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};

/** Waits until no collection is on its way to become the active one. */
export const promoted = async (platform: Platform, target: Target, signal: AbortSignal): Promise<Located> => {
  for (;;) {
    const model = await modelOf(platform, target);
    if (model.next === null) return model;
    if (signal.aborted) throw new CommandFailed("interrupted; the platform goes on: see `pitrix replay status`");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

export type Verification = { readonly collection: string; readonly compared: number; readonly differences: readonly Difference[] };

/** Compares a collection with the active one, page by page. */
export const verified = async (
  platform: Platform,
  { service, model }: Target,
  collection: string | undefined,
  report: (compared: number) => void,
  signal: AbortSignal,
): Promise<Verification> => {
  const differences: Difference[] = [];
  let compared = 0;
  for (let after: string | undefined; ; ) {
    const body = { model, ...(collection && { collection }), ...(after !== undefined && { after }) };
    const page = (await answered(platform, service, "/internal/read-models/verify", body)) as Comparison & { readonly collection: string }; // As above.
    compared += page.compared;
    differences.push(...page.differences);
    report(compared);
    after = page.after;
    if (after === undefined) return { collection: page.collection, compared, differences };
    if (signal.aborted) throw new CommandFailed("interrupted before everything was compared");
  }
};

const percent = (read: number | null, end: number): string =>
  read === null ? "" : `${end === 0 ? 100 : Math.floor((100 * read) / end)} % of ${end} records`;

/** One line for each collection. */
export const modelsTable = (models: readonly Located[], paint: Paint): string =>
  table(
    ["SERVICE", "READ MODEL", "COLLECTION", "FOLD", "STATE", "READ"],
    models.flatMap(({ service, model, active, next, feeds }) =>
      feeds.map(({ collection, fold, until, read, end }) => {
        const state = collection === active ? "active" : collection === next ? "becomes active" : until === null ? "beside" : "former";
        return [service, model, collection, fold, state, percent(read, end)];
      }),
    ),
    paint,
  );

const SHOWN = 20;
export const verificationText = ({ collection, compared, differences }: Verification, paint: Paint): string => {
  if (differences.length === 0)
    return `${paint("green", "equal")}  ${plain(collection)}: no difference in ${compared} ${compared === 1 ? "document" : "documents"}.`;
  const rows = differences
    .slice(0, SHOWN)
    .map(({ id, versions, fields }) => [id, ...versions.map((version) => version ?? "-"), fields.join(", ")]);
  const more = differences.length > SHOWN ? `\n… and ${differences.length - SHOWN} more (--json)` : "";
  return `${table(["DOCUMENT", "ACTIVE AT", "OTHER AT", "FIELDS"], rows, paint)}${more}\n${paint("red", `${differences.length} ${differences.length === 1 ? "difference" : "differences"}`)}  in ${compared} documents of ${plain(collection)}.`;
};
