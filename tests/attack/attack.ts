import type { Answer } from "../world/requests.ts";
import type { Scene } from "./scene.ts";

export type AttackClass =
  | "people"
  | "ownership"
  | "releases"
  | "runtimes"
  | "secrets"
  | "sessions"
  | "guessing"
  | "parsers"
  | "requests"
  | "network"
  | "ports"
  | "web"
  | "kafka"
  | "streams"
  | "webhooks";

/** One way to get what is not one's own, and what must come of it. */
export type Attack = {
  readonly class: AttackClass;
  /** What is tried, as an imperative. */
  readonly name: string;
  /** What the attacker has before. */
  readonly has: string;
  /** What must hold all the same. */
  readonly holds: string;
  /** What it needs beside a URL: a look inside (services' ports, log, a repository of its own); real processes, Kafka and store; or that these run as root. */
  readonly needs?: "inside" | "processes" | "root";
  /** Left out of the short form, since it takes long. */
  readonly long?: true;
  /** It gains something, since docs/access.md marks a hole that is known. */
  readonly hole?: boolean;
  /** Leaves the platform in a bad state: it comes last. */
  readonly last?: true;
  readonly run: (scene: Scene, steps: Steps) => Promise<void>;
};

/** What was tried, by whom, and what came of it. A control is what must succeed, so that a refusal means something. */
export type Step = {
  readonly kind: "attempt" | "control";
  readonly what: string;
  readonly found: string;
  readonly isGood: boolean;
};
export type Verdict = "refused" | "GAINED" | "BLIND" | "BROKEN";

/** How an answer was refused, `403 permission_denied`; or what it gave, without what opens something. */
export const shown = ({ status, error, body }: Answer): string =>
  status >= 400 ? `${status}${error === undefined ? "" : ` ${error}`}` : `${status} ${JSON.stringify(body, withoutSecrets).slice(0, 200)}`;
const withoutSecrets = (field: string, value: unknown): unknown =>
  /token|secret|reset_id/.test(field) && typeof value === "string" ? "…" : value;

/** Writes down the steps of an attack. */
export const stepsOf = (note: (step: Step) => void) => ({
  /** An attempt that must be refused like one of these: `403 permission_denied`, or only `403`. */
  refused: async (what: string, answer: Promise<Answer>, ...like: readonly string[]): Promise<Answer> => {
    const given = await answer;
    const found = shown(given);
    note({
      kind: "attempt",
      what,
      found,
      isGood: given.status >= 400 && like.some((each) => found === each || found.startsWith(`${each} `)),
    });
    return given;
  },
  /** A fact about what an attempt came to. */
  holds: (what: string, isTrue: boolean, found = ""): void =>
    note({ kind: "attempt", what, found: found || (isTrue ? "nothing" : "it does not hold"), isGood: isTrue }),
  /** The same by somebody who may: it must succeed. */
  allowed: async (what: string, answer: Promise<Answer>): Promise<Answer["body"]> => {
    const given = await answer;
    note({ kind: "control", what, found: shown(given), isGood: given.status < 300 });
    return given.body;
  },
  /** A fact without which the attempts would mean nothing. */
  control: (what: string, isTrue: boolean, found = ""): void =>
    note({ kind: "control", what, found: found || (isTrue ? "so it is" : "it is not so"), isGood: isTrue }),
});
export type Steps = ReturnType<typeof stepsOf>;

/** An attack that tried nothing, or has no control that succeeded, proves nothing. */
export const verdictOf = (steps: readonly Step[], failure?: unknown): Verdict => {
  const attempts = steps.filter(({ kind }) => kind === "attempt");
  const controls = steps.filter(({ kind }) => kind === "control");
  if (attempts.some(({ isGood }) => !isGood)) return "GAINED";
  if (failure !== undefined) return "BROKEN";
  return attempts.length > 0 && controls.length > 0 && controls.every(({ isGood }) => isGood) ? "refused" : "BLIND";
};

export type Result = {
  readonly attack: Attack;
  readonly verdict: Verdict;
  readonly steps: readonly Step[];
  readonly failure?: string;
  readonly milliseconds: number;
};

/** Carries out an attack. It never throws. */
export const carryOut = async (attack: Attack, scene: Scene): Promise<Result> => {
  const steps: Step[] = [];
  const began = performance.now();
  let failure: unknown;
  try {
    await attack.run(
      scene,
      stepsOf((step) => void steps.push(step)),
    );
  } catch (error) {
    failure = error;
  }
  const said = failure instanceof Error ? failure.message : String(failure);
  return {
    ...{ attack, steps, verdict: verdictOf(steps, failure), milliseconds: performance.now() - began },
    ...(failure !== undefined && { failure: said }),
  };
};
