import type { Located, Plan } from "./operator.ts";
import { age, type Paint, plain, table } from "./output.ts";
import type { Progress, Verification } from "./replay.ts";

const percent = (read: number | null, end: number): string =>
  read === null ? "" : `${end === 0 ? 100 : Math.floor((100 * read) / end)} % of ${end} records`;

type Listed = Located["feeds"][number];
const stateOf = ({ active, next, compared }: Located, { collection, until, rebuild, read, end }: Listed): string => {
  if (collection === active) return "active";
  if (collection === next) return "becomes active";
  if (until !== null) return "former";
  if (!rebuild) return "beside";
  if (!rebuild.verdict) return read !== null && read >= end ? `comparing, ${compared} documents` : "filling";
  const { differences } = rebuild.verdict;
  return rebuild.verdict.against !== active ? "to be verified again" : differences === 0 ? "equal" : `${differences} differences`;
};

/** One line for each collection. */
export const modelsTable = (models: readonly Located[], paint: Paint): string =>
  table(
    ["SERVICE", "READ MODEL", "COLLECTION", "FOLD", "STATE", "READ"],
    models.flatMap((model) =>
      model.feeds.map((feed) => [
        ...[model.service, model.model, feed.collection, feed.fold],
        ...[stateOf(model, feed), percent(feed.read, feed.end)],
      ]),
    ),
    paint,
  );

const sized = (bytes: number): string => {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1_000)));
  return `${Number((bytes / 1_000 ** power).toPrecision(3))} ${units[power]}`;
};

/** What a rebuild would do. */
export const planText = ({ service, model, active, topics, documents, bytes, rate, order, refusals }: Plan, paint: Paint): string => {
  const records = topics.reduce((sum, each) => sum + each.records, 0);
  const rows = topics.map((each) => [each.topic, each.partitions, each.records]);
  const speed =
    rate === null
      ? "as fast as possible"
      : rate === "auto"
        ? "slower while reads of the live one take longer than before"
        : `at most ${rate} records a second: ${age((1_000 * records) / rate)} or more`;
  const lines = [
    `Fills a new collection of ${paint("bold", plain(`${service}/${model}`))} beside ${plain(active ?? "-")}, which serves and is updated meanwhile:`,
    table(["TOPIC", "PARTITIONS", "RECORDS"], rows, paint),
    ...orderLines(order),
    `${order.source ? "Reads the event store of the service" : `Reads ${records} records`}, ${speed}. Takes about ${sized(bytes)} of disk (${documents} documents). Compares the two, and switches nothing.`,
  ];
  return [...lines, ...refusals.map((reason) => `${paint("red", "refused")}  ${plain(reason)}`)].join("\n");
};

const orderLines = ({ streams, partitions, since, until, mayDiffer }: Plan["order"]): readonly string[] => {
  const time = (at: number): string => new Date(at).toISOString();
  const which = streams
    ? streams.map(plain).join(", ")
    : partitions
      ? `the streams of partition ${partitions.join(", ")}`
      : since === undefined
        ? undefined
        : `streams with an event since ${time(since)}`;
  return [
    ...(which === undefined ? [] : [`Folds ${which}, each from its first version; copies the others.`]),
    ...(until === undefined ? [] : [`Ends at ${time(until)}: to look at, and never to promote.`]),
    ...(mayDiffer ? [`May differ in ${mayDiffer.map(plain).join(", ")}.`] : []),
  ];
};

/** A bar with the rate and the time left. `since`: the first progress, and its time. */
export const progressText = (
  { read, end, compared }: Progress,
  since: { readonly read: number; readonly at: number },
  now: number,
): string => {
  if (read >= end) return `comparing  ${compared} documents`;
  const rate = now > since.at ? ((read - since.read) * 1_000) / (now - since.at) : 0;
  const share = end === 0 ? 1 : read / end;
  const left = rate > 0 ? `  ${Math.round(rate)}/s  ${age((1_000 * (end - read)) / rate)} left` : "";
  return `[${"=".repeat(Math.floor(30 * share)).padEnd(30)}] ${Math.floor(100 * share)} %  ${read} of ${end} records${left}`;
};

export const verificationText = (
  { collection, against, compared, ahead, differences, expected = 0, first }: Verification,
  paint: Paint,
): string => {
  const documents = `${compared} ${compared === 1 ? "document" : "documents"}`;
  const further = ahead > 0 ? ` (${ahead} of them after later events were folded in memory)` : "";
  const allowed = expected > 0 ? `; ${expected} differ where they may` : "";
  if (differences === 0)
    return `${paint("green", "equal")}  ${plain(collection)} and ${plain(against)}: no difference in ${documents}${further}${allowed}.`;
  const rows = first.map(({ id, versions, fields, wrong }) => [
    id,
    ...versions.map((version) => version ?? "-"),
    wrong.join(", ") || "-",
    fields.map(({ field, event }) => `${field}${event === null ? "" : ` (${event})`}`).join(", "),
  ]);
  const more = differences > first.length ? `\n… and ${differences - first.length} more` : "";
  const head = ["DOCUMENT", "ACTIVE AT", "OTHER AT", "NOT WHAT THE EVENTS MAKE", "FIELDS AND THE EVENTS THAT SET THEM"];
  const sum = paint("red", `${differences} ${differences === 1 ? "difference" : "differences"}`);
  return `${table(head, rows, paint)}${more}\n${sum}  in ${documents} of ${plain(collection)} and ${plain(against)}.`;
};
