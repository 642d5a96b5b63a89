import type { Machine } from "./harness/machine.ts";
import { type Conditions, figureOf, type RowResult, ratioTo, runsOf, type Standing, verdictOf } from "./harness/result.ts";
import { EVEN } from "./harness/rounds.ts";
import type { Bar, Figure } from "./harness/row.ts";
import { type Summary, summaryOf } from "./harness/statistics.ts";

/** Everything that one run of the benchmark found out. */
export type Report = {
  readonly machine: Machine;
  readonly servers: string;
  readonly scale: number;
  readonly runs: number;
  readonly date: string;
  readonly minutes: number;
  readonly results: readonly RowResult[];
};

const grouped = (text: string): string => text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
/** Three significant digits, thousands grouped. */
export const numeral = (value: number): string => {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 1000) return grouped(String(Math.round(Number(value.toPrecision(3)))));
  return String(Number(value.toPrecision(3)));
};
const spread = ({ median, least, most }: Summary): string => `${numeral(median)} (${numeral(least)} to ${numeral(most)})`;
const megabytes = (bytes: number): string => `${numeral(bytes / 1e6)} MB`;

export const barText = ({ of, least, most }: Bar, unit: string): string => {
  const bound = least !== undefined ? `>= ${least}` : `<= ${most}`;
  return of === undefined ? `${bound} ${unit}` : `${bound} x ${of}`;
};

const heads = ["", "contestant", "median (spread)", "Pitrix / it", "CPU of its own", "peak memory", "CPU of Kafka + store", "units a run"];

const line = (result: RowResult, figure: Figure, standing: Standing): readonly string[] => {
  const { role, name, missing, errors } = standing;
  const runs = runsOf(standing);
  const first = [role === "pitrix" ? "**" : "", name];
  if (runs.length === 0) return [...first, missing ?? `failed: ${errors[0]?.split("\n")[0] ?? ""}`, "", "", "", "", ""];
  const median = (of: (run: (typeof runs)[number]) => number) => summaryOf(runs.map(of)).median;
  const ratio = role === "pitrix" ? undefined : ratioTo(result, figure, standing);
  return [
    ...first,
    `${spread(figureOf(standing, figure))} ${figure.unit}${errors.length > 0 ? `, ${errors.length} runs rejected` : ""}`,
    ratio ? spread(ratio) : "",
    `${numeral(median(({ cpuSeconds }) => cpuSeconds))} s of ${numeral(median(({ seconds }) => seconds))} s`,
    megabytes(median(({ memoryBytes }) => memoryBytes)),
    `${numeral(median(({ serverCpuSeconds }) => serverCpuSeconds?.kafka ?? 0))} + ${numeral(median(({ serverCpuSeconds }) => serverCpuSeconds?.store ?? 0))} s`,
    numeral(median(({ units }) => units)),
  ];
};

const verdicts = (result: RowResult, figure: Figure): readonly string[] =>
  figure.bars.map((bar) => {
    const { value, reached } = verdictOf(result, figure, bar);
    const verdict = reached === undefined ? "nothing to compare with" : reached ? "reached" : "not reached";
    return `${barText(bar, figure.unit)}: ${value === undefined ? "" : `${numeral(value)}, `}${verdict}`;
  });

/** How even the machine was, for whoever judges a spread. */
const conditionsText = ({ run, evenness, stolen }: Conditions): string => {
  const { least, median } = summaryOf(evenness);
  const counted = run > evenness.length ? `${run} rounds were run, and the ${evenness.length} most even count` : `${run} rounds`;
  return `${counted}; within a round the slowest run had ${numeral(median)} (at least ${numeral(least)}) of the fastest one's power, and other machines took up to ${numeral(100 * stolen)} % of a run's time`;
};

/** For a terminal: a block a figure, the columns under each other. */
export const asText = ({ machine, servers, results }: Report): string => {
  const blocks = results.flatMap((result) =>
    result.figures.map((figure) => {
      const lines = [heads, ...result.standings.map((standing) => line(result, figure, standing))];
      const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
      const rows = lines.map((cells) =>
        cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd(),
      );
      const title = `${result.title}${result.figures.length > 1 ? `: ${figure.name}` : ""}`;
      return [title, ...rows, ...verdicts(result, figure).map((text) => `   bar ${text}`)].join("\n");
    }),
  );
  const conditions = results.map(({ id, conditions }) => `${id}: ${conditionsText(conditions)}`);
  const on = `${machine.cores} cores (${machine.processor}), load average at start ${machine.loadAtStart.toFixed(2)}; ${servers}`;
  return `\n${blocks.join("\n\n")}\n\n${[...conditions, on].join("\n")}`;
};

/** For the documentation. */
export const asPage = (report: Report): string => {
  const { machine, servers, scale, runs, date, minutes, results } = report;
  const cells = (texts: readonly string[]): string =>
    `| ${texts.map((text) => text.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  const block = (result: RowResult, figure: Figure): string => {
    const lines = result.standings.map((standing) => {
      const [mark, name = "", ...rest] = line(result, figure, standing);
      return cells([mark ? `**${name}**` : name, standing.role, ...rest]);
    });
    const notes = result.standings.flatMap(({ name, note }) => (note ? [`- ${name}: ${note}`] : []));
    const bars = verdicts(result, figure).map((text) => `- Bar ${text}.`);
    const head = ["contestant", "role", ...heads.slice(2)];
    return [
      ...(result.figures.length > 1 ? [`### ${figure.name}`, ""] : []),
      ...[cells(head), cells(head.map(() => "---")), ...lines, "", ...bars, ...notes],
    ].join("\n");
  };
  const sections = results.map(
    (result) =>
      `## ${result.title}\n\n${result.about}\n\nThe machine: ${conditionsText(result.conditions)}.\n\n${result.figures.map((figure) => block(result, figure)).join("\n\n")}\n`,
  );
  return `# Performance

<!-- Generated by \`make bench\`. Do not edit. -->
Everything here is from one run of \`make bench\`: ${date}, ${numeral(minutes)} minutes, ${runs} rounds${scale === 1 ? "" : `, at ${scale} of the full amount of work`}. Contestants of a row took turns
(A B C, A B C, ...), each in processes of its own on fresh topics and databases. Medians, with the least and the most in brackets; ratios are
taken within each round, since the machine drifts, and then their median. A run's power is the work that a CPU second did just before and after
it, less the time that the host gave to other machines; rounds in which it fell below ${EVEN} of the round's best are run anew. **The floor** is a bare script that does the same I/O for the
same work and nothing else: the physical limit of these servers on this machine. A result that is not right does not count.

${machine.cores} cores (${machine.processor}), ${numeral(machine.memoryBytes / 2 ** 30)} GiB, ${machine.system}, Node ${machine.node}; load average at the start ${machine.loadAtStart.toFixed(2)}. Servers: ${servers}. **All of them share these cores
with the contestant**, so a contestant that asks less of the servers is faster also for that.

![Floor, Pitrix, peers](performance.svg)

${sections.join("\n")}`;
};
