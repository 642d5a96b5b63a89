import type { Attack, Result, Verdict } from "./attack.ts";

export type NotTried = { readonly attack: Attack; readonly lacks: string };
export type Report = {
  readonly url: string;
  readonly seed: number;
  readonly results: readonly Result[];
  readonly notTried: readonly NotTried[];
};

/** What came of the attempts of an attack, in a few words: how often it was refused, and how; or what it gained. */
export const summaryOf = ({ verdict, steps, failure }: Result): string => {
  const attempts = steps.filter(({ kind }) => kind === "attempt");
  if (verdict === "GAINED")
    return attempts
      .filter(({ isGood }) => !isGood)
      .map(({ what, found }) => `${what}: ${found}`)
      .slice(0, 3)
      .join("; ");
  if (verdict === "BLIND")
    return `its control failed: ${steps.find(({ kind, isGood }) => kind === "control" && !isGood)?.what ?? "there is none"}`;
  if (verdict === "BROKEN") return failure ?? "";
  const refusals = new Map<string, number>();
  for (const { found } of attempts) {
    const status = /^\d{3}( [a-z_]+)?$/.test(found) ? found : "as it must be";
    refusals.set(status, (refusals.get(status) ?? 0) + 1);
  }
  return [...refusals].map(([status, count]) => (count === 1 ? status : `${status} ×${count}`)).join(", ");
};

/** One line of an attack while the others still run. */
export const lineOf = (result: Result): string =>
  `${result.verdict === "refused" ? "ok    " : result.verdict} ${result.attack.class}: ${result.attack.name} (${(result.milliseconds / 1_000).toFixed(1)} s)\n       ${summaryOf(result)}`;

/** All steps of the attacks that were not refused. */
export const details = ({ results }: Report): string =>
  results
    .filter(({ verdict }) => verdict !== "refused")
    .map((result) => {
      const { attack, steps, failure } = result;
      const shown = steps.map(({ kind, what, found, isGood }) => `  ${isGood ? "  " : "! "}${kind}: ${what}: ${found}`);
      return [
        `${result.verdict} ${attack.class}: ${attack.name}`,
        `  has: ${attack.has}`,
        `  must hold: ${attack.holds}`,
        ...shown,
        ...(failure ? [`  ! ${failure}`] : []),
      ].join("\n");
    })
    .join("\n\n");

const counted = (results: readonly Result[], verdict: Verdict): number => results.filter((each) => each.verdict === verdict).length;

/** The last line. */
export const closing = ({ results, notTried, seed }: Report): string => {
  const attempts = results.flatMap(({ steps }) => steps.filter(({ kind }) => kind === "attempt")).length;
  const bad = (["GAINED", "BLIND", "BROKEN"] as const).flatMap((verdict) => {
    const count = counted(results, verdict);
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  const left = notTried.length === 0 ? "" : `, ${notTried.length} not tried`;
  return `${results.length} attacks, ${attempts} attempts: ${[`${counted(results, "refused")} refused`, ...bad].join(", ")}${left} (seed ${seed})`;
};

/** 0: all were refused; 1: something was gained; 2: something could not be judged. */
export const exitCodeOf = (results: readonly Result[]): number =>
  counted(results, "GAINED") > 0 ? 1 : results.some(({ verdict }) => verdict !== "refused") || results.length === 0 ? 2 : 0;

/** The report as JSON. */
export const asJson = ({ url, seed, results, notTried }: Report): object => ({
  ...{ url, seed },
  attacks: results.map((result) => {
    const { class: of, name, has, holds } = result.attack;
    return {
      class: of,
      name,
      has,
      holds,
      verdict: result.verdict,
      summary: summaryOf(result),
      steps: result.steps,
      milliseconds: Math.round(result.milliseconds),
    };
  }),
  not_tried: notTried.map(({ attack, lacks }) => ({ class: attack.class, name: attack.name, lacks })),
});
