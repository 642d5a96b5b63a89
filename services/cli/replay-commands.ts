import { readFileSync, writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { secondsOf } from "../chassis/operator/events.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import type { Platform } from "./connection.ts";
import type { Plan } from "./operator.ts";
import {
  asideOf,
  judgedRebuild,
  modelOf,
  modelsOf,
  move,
  type Progress,
  planOf,
  promoted,
  type Target,
  targetIn,
  type Verification,
} from "./replay.ts";
import { modelsTable, planText, progressText, verificationText } from "./replay-text.ts";
import { type Shell, whole } from "./shell.ts";

/** Milliseconds between two lines of progress in JSON. */
const EVERY = 1_000;
const RATE =
  "read at most this many records a second; auto: fewer while reads of the live collection, or commits until they show there, take longer than before";
const MODEL = "the service and its read model, for example cluster/clusters";

type Rate = number | "auto";
const rateIn = (text: string): Rate => (text === "auto" ? text : whole(text));
type Ordered = {
  readonly rate?: Rate;
  readonly from?: string;
  readonly stream?: readonly string[];
  readonly partition?: readonly number[];
  readonly since?: number;
  readonly until?: number;
  readonly mayDiffer?: readonly string[];
};
type RunOptions = Ordered & { readonly yes?: boolean; readonly promote?: boolean; readonly plan?: string };

/** Adds the options that say what is rebuilt, and from what. */
const ordering = (command: Command): Command =>
  command
    .option("--rate <number>", RATE, rateIn)
    .addOption(
      new Option("--from <source>", "where events come from: the log, or the service's own store, if all of them are its own")
        .choices(["log", "store"])
        .default("log"),
    )
    .option("--stream <id...>", "fold only these streams, each from its first version, and copy the others from the live collection")
    .option("--partition <number...>", "the same for the streams of these partitions", numbers)
    .option("--since <time>", "the same for streams with an event since then: RFC 3339, or a duration such as 2h", timeIn)
    .option("--until <time>", "fold only what had happened by then: to look at, never to promote", timeIn)
    .option("--may-differ <field...>", "fields in which the two may differ");

const numbers = (text: string, before: readonly number[] = []): readonly number[] => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("expected the number of a partition");
  return [...before, Number(text)];
};
const timeIn = (text: string): number => {
  const ago = secondsOf(text);
  const time = ago === undefined ? Date.parse(text) : Date.now() - 1_000 * ago;
  if (Number.isNaN(time)) throw new InvalidArgumentError("expected a time such as 2026-01-31T12:00:00Z, or a duration such as 2h");
  return time;
};
const orderOf = ({ from, stream, partition, since, until, mayDiffer }: Ordered): Plan["order"] => ({
  ...(from === "store" && { source: "store" }),
  ...(stream && { streams: stream }),
  ...(partition && { partitions: partition }),
  ...(since !== undefined && { since }),
  ...(until !== undefined && { until }),
  ...(mayDiffer && { mayDiffer }),
});

/** Adds `pitrix replay`. */
export const addReplay = (pitrix: Command, { terminal, paint, signal, isJson, writeLine, print, bar, agreed, on }: Shell): Command => {
  /** Shows progress as a bar on a terminal, or as a line a second with --json. */
  const reporting = (): ((progress: Progress) => void) => {
    let since: { readonly read: number; readonly at: number } | undefined;
    let written = Date.now();
    return (progress) => {
      const now = Date.now();
      since ??= { read: progress.read, at: now };
      bar(progressText(progress, since, now));
      if (!isJson() || now - written < EVERY) return;
      written = now;
      writeLine(JSON.stringify({ progress }));
    };
  };
  const judged = async (platform: Platform, target: Target, collection?: string): Promise<Verification> => {
    const found = await judgedRebuild(platform, target, collection, reporting(), signal);
    bar("");
    return found;
  };

  const replay = pitrix
    .command("replay")
    .description("fill a read model anew beside the live one, compare the two, and switch")
    .addHelpText(
      "after",
      "\nExamples:\n  pitrix replay plan cluster/clusters\n  pitrix replay run cluster/clusters --yes --promote\n  pitrix replay status cluster",
    );
  replay
    .command("status")
    .description("list the collections of read models: which one is active, which ones are being filled, and how far they are")
    .argument("[service]", "only this service")
    .addHelpText("after", "\nExample:\n  pitrix replay status cluster --json | jq '.models[].feeds[]'")
    .action((service?: string) =>
      on(async (platform) => {
        const models = await modelsOf(platform, service);
        print({ models }, () => modelsTable(models, paint));
      }),
    );
  ordering(
    replay
      .command("plan")
      .description("show what `run` would read and how much disk it would take, and what is in its way; nothing is changed")
      .argument("<read model>", MODEL),
  )
    .option("--out <file>", "write the plan to this file, for `run --plan`")
    .addHelpText(
      "after",
      "\nExamples:\n  pitrix replay plan cluster/clusters\n  pitrix replay plan cluster/clusters --rate 5000 --out plan.json",
    )
    .action((text: string, { out, ...given }: Ordered & { readonly out?: string }) =>
      on(async (platform) => {
        const plan = await planOf(platform, targetIn(text), given.rate, orderOf(given));
        if (out !== undefined) writeFileSync(out, `${JSON.stringify(plan, null, 2)}\n`);
        print(plan, () => planText(plan, paint));
        if (plan.refusals.length > 0) terminal.exit(exitCodes.failed);
      }),
    );
  ordering(
    replay
      .command("run")
      .description("fill a new collection from the log, while the live one serves and is updated; then compare the two")
      .argument("[read model]", MODEL),
  )
    .option("--yes", "carry the plan out; without it, it is only shown")
    .option("--plan <file>", "carry out the plan in this file, as `plan --out` has written it, unless the read model has changed since")
    .option("--promote", "let queries read the new collection if the two are equal")
    .addHelpText(
      "after",
      "\nThe platform does the work by itself: interrupting this command does not stop it, and `run` again shows how far it is;\n`pitrix replay abort` gives it up.\n\nExamples:\n  pitrix replay run cluster/clusters\n  pitrix replay run cluster/clusters --yes --promote\n  pitrix replay run --plan plan.json\n  pitrix replay run cluster/clusters --from store --stream cluster/cl-x7 --yes\n  pitrix replay run cluster/clusters --until 2026-01-31T12:00:00Z --yes",
    )
    .action((text: string | undefined, { yes = false, promote = false, plan: file, ...asked }: RunOptions) =>
      on(async (platform) => {
        const given = file === undefined ? undefined : planIn(file);
        if ((text === undefined) === (given === undefined))
          throw new CommandFailed("name the read model, or a plan with --plan", exitCodes.usage);
        const target: Target = given ?? targetIn(text ?? "");
        const known = await modelOf(platform, target);
        // A run whose command was interrupted goes on.
        const begun = asideOf(known)?.rebuild?.verdict === null ? asideOf(known) : undefined;
        if (!begun) {
          const plan = given ?? (await planOf(platform, target, asked.rate, orderOf(asked)));
          const [refusal] = plan.refusals;
          if (refusal !== undefined) throw new CommandFailed(refusal);
          if (!given && !(await agreed(plan, () => planText(plan, paint), yes))) return;
          await move(platform, target, "rebuild", { ...plan.order, rate: plan.rate, generation: plan.generation });
        }
        const found = await judged(platform, target, begun?.collection);
        const isEqual = found.differences === 0;
        if (promote && isEqual) await move(platform, target, "promote", { collection: found.collection });
        const after = promote && isEqual ? await promoted(platform, target, signal) : await modelOf(platform, target);
        const name = `${target.service}/${target.model}`;
        const next =
          after.active === found.collection
            ? "It is active now."
            : isEqual
              ? `Switch with \`pitrix replay promote ${name}\`, or give it up with \`pitrix replay abort ${name}\`.`
              : `Queries go on reading ${found.against}. Give the new one up with \`pitrix replay abort ${name}\`.`;
        print({ ...found, active: after.active }, () => `${verificationText(found, paint)}\n${next}`);
        if (!isEqual) terminal.exit(exitCodes.failed);
      }),
    );
  replay
    .command("verify")
    .description(
      "fill the collection up to now, and compare it with the live one, document by document, while that one is updated; nothing that queries read changes, so nobody is asked",
    )
    .argument("<read model>", MODEL)
    .option("--collection <name>", "this collection, as shown by `pitrix replay status`")
    .addHelpText("after", "\nExample:\n  pitrix replay verify cluster/clusters --json | jq '.first[]'")
    .action((text: string, { collection }: { readonly collection?: string }) =>
      on(async (platform) => {
        const target = targetIn(text);
        await modelOf(platform, target);
        await move(platform, target, "verify", { collection });
        const found = await judged(platform, target, collection);
        print(found, () => verificationText(found, paint));
        if (found.differences > 0) terminal.exit(exitCodes.failed);
      }),
    );
  const switching = (name: "promote" | "rollback" | "abort", description: string): Command =>
    replay
      .command(name)
      .description(description)
      .argument("<read model>", MODEL)
      .option("--yes", "do it; without it, only where the read model is is shown")
      .addHelpText("after", `\nExample:\n  pitrix replay ${name} cluster/clusters --yes`)
      .action((text: string, { yes, unverified = false }: { readonly yes?: boolean; readonly unverified?: boolean }) =>
        on(async (platform) => {
          const target = targetIn(text);
          const before = await modelOf(platform, target);
          const shown = (): string => `${modelsTable([before], paint)}\n${name}: would ${description}.`;
          if (!(await agreed({ ...before, action: name }, shown, yes))) return;
          await move(platform, target, name, { unverified });
          const after = await promoted(platform, target, signal);
          const loud = unverified ? `${paint("red", "unverified")}  nobody knows whether it equals what queries read before.\n` : "";
          print({ ...after, unverified }, () => `${loud}${modelsTable([after], paint)}`);
        }),
      );
  switching("promote", "let queries read the new collection, once it has caught up and every instance can read it").option(
    "--unverified",
    "even if it differs from the live one, or is not compared with it",
  );
  switching("rollback", "let queries read the former collection again, which is kept for ten minutes");
  switching("abort", "give up the new collection and drop it");
  return replay;
};

const planIn = (file: string): Plan => {
  try {
    const plan: Partial<Plan> = JSON.parse(readFileSync(file, "utf8"));
    const { service, model, generation, refusals } = plan;
    if (typeof service === "string" && typeof model === "string" && Number.isSafeInteger(generation) && Array.isArray(refusals))
      return plan as Plan; // Its fields are those of `plan --out`; the service checks what it uses.
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, exitCodes.usage);
  }
  throw new CommandFailed(`${file} is not a plan: write one with \`pitrix replay plan --out\``, exitCodes.usage);
};
