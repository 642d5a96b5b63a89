import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { carryOut, type Result } from "./attack.ts";
import { ownPlatform } from "./own-platform.ts";
import { asJson, closing, details, exitCodeOf, lineOf } from "./report.ts";
import { attacks, chosen, lacking } from "./rows.ts";
import { sceneOn } from "./scene.ts";
import type { Target } from "./target.ts";

const usage = `Usage: make attack [ONLY=people,kafka] [URL=http://...] [SEED=4711] [JSON=1]

Attacks a platform of its own, with real servers, as users, strangers, third parties and services that were broken into. Each attack has controls: the
same by somebody who may. Takes about four minutes.

  --only WORDS     attacks whose class, or a part of whose name, is one of these words, separated by commas
  --list           show the attacks, and what must hold
  --seed N         the seed of the random part
  --directory D    state and logs of the platform (default .pitrix/attack; cleared at the start)
  --json           the report as JSON on standard output; progress goes to standard error
  --url U          attack a platform that runs, as far as that is possible from outside; it keeps the people and things that are made for it. Needs
                   PITRIX_BOOTSTRAP_CLIENT (of operators), PITRIX_BOOTSTRAP_LOGIN_CLIENT and PITRIX_BOOTSTRAP_ADMIN, each as name:secret

Exit code 0: all were refused; 1: something was gained; 2: something could not be judged; 64: wrong usage.`;

const read = () => {
  try {
    const { values } = parseArgs({
      options: {
        ...{ only: { type: "string", default: "" }, seed: { type: "string", default: "" }, url: { type: "string", default: "" } },
        ...{ directory: { type: "string", default: ".pitrix/attack" } },
        ...{
          json: { type: "boolean", default: false },
          list: { type: "boolean", default: false },
          help: { type: "boolean", default: false },
        },
      },
    });
    return values;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
};
const wrong = (sentence: string): never => {
  process.stderr.write(`${sentence}\n\n${usage}\n`);
  process.exit(64);
};

/** Name and secret, as `make up` shows them. */
const pairOf = (name: string): readonly [string, string] => {
  const [first = "", ...rest] = (process.env[name] ?? "").split(":");
  return first && rest.length > 0 ? [first, rest.join(":")] : wrong(`${name} is missing: expected name:secret`);
};
const runningPlatform = (url: string): Target => {
  if (!URL.canParse(url)) wrong(`${url} is not a URL`);
  const client = (name: string) => {
    const [id, secret] = pairOf(name);
    return { id, secret };
  };
  const [email, password] = pairOf("PITRIX_BOOTSTRAP_ADMIN");
  return {
    url: url.replace(/\/+$/, ""),
    ...{ operators: client("PITRIX_BOOTSTRAP_CLIENT"), loginClient: client("PITRIX_BOOTSTRAP_LOGIN_CLIENT") },
    administrator: { email, password },
  };
};

const values = read();
const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const seed = values.seed === "" ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const wanted = chosen(
  attacks(seed),
  values.only.split(",").flatMap((word) => word.trim() || []),
);
if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
if (!Number.isSafeInteger(seed)) wrong("--seed is not a number");
if (wanted.length === 0) wrong(`there is no attack ${values.only}`);
if (values.list) {
  for (const { class: of, name, has, holds } of wanted)
    process.stdout.write(`${of}: ${name}\n  has        ${has}\n  must hold  ${holds}\n`);
  process.exit(0);
}

let stop = async (): Promise<void> => {};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop().finally(() => process.exit(130)));
try {
  const own = values.url === "" ? await ownPlatform(resolve(values.directory), say) : undefined;
  if (own) stop = own.stop;
  const target = own?.target ?? runningPlatform(values.url);
  say(`attacking ${target.url}`);
  const scene = sceneOn(target);
  const results: Result[] = [];
  const notTried = wanted.flatMap((attack) => {
    const lacks = lacking(attack, target);
    return lacks === undefined ? [] : [{ attack, lacks }];
  });
  for (const attack of wanted) {
    if (notTried.some((each) => each.attack === attack)) continue;
    const result = await carryOut(attack, scene);
    results.push(result);
    say(lineOf(result));
  }
  for (const { attack, lacks } of notTried) say(`not tried ${attack.class}: ${attack.name}: it needs ${lacks}`);
  const report = { url: target.url, seed, results, notTried };
  const more = details(report);
  if (more !== "") say(`\n${more}\n`);
  say(closing(report));
  if (values.json) process.stdout.write(`${JSON.stringify(asJson(report), undefined, 2)}\n`);
  process.exitCode = exitCodeOf(results);
} catch (error) {
  say(`the attacks could not be carried out: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
} finally {
  await stop();
}
process.exit();
