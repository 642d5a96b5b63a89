import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { archiveOf, devkitFiles, templateOf } from "../../services/packages/package-fixtures.ts";
import { type Attack, shown } from "../attack.ts";
import type { Scene } from "../scene.ts";

const MEBIBYTE = 1024 * 1024;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const devkit = async (template: string) => base64(await archiveOf({ ...devkitFiles, "shop/cluster.json.tmpl": template }));
const chart = async (more: Readonly<Record<string, string>>) =>
  base64(await archiveOf({ "a/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n", ...more }));
const nested = (deep: number): string => `${"[".repeat(deep)}${"]".repeat(deep)}`;
const aliases = `l0: &l0 [x]\n${Array.from({ length: 30 }, (_, at) => `l${at + 1}: &l${at + 1} [*l${at}, *l${at}]`).join("\n")}\n`;

/** Asks for something else again and again until some work has ended, and gives the longest time that it took. */
const longestMeanwhile = async ({ people }: Scene, work: Promise<unknown>): Promise<number> => {
  const { call } = await people.user();
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  let longest = 0;
  while (!over) longest = Math.max(longest, (await call("DescribeApps")).milliseconds);
  await done;
  return longest;
};
/** Milliseconds that an unlucky answer may take on a busy machine. */
const PATIENCE = 5_000;

/** Packages and indexes that cost their reader more than their writer. */
export const parsers: readonly Attack[] = [
  {
    class: "parsers",
    name: "stop the app service by a package that expands, nests or backtracks",
    has: "developer",
    holds: "a package is read in bounded time, and others are served meanwhile",
    long: true,
    run: async (scene, { holds, control }) => {
      const { call } = await scene.people.developer();
      const validate = (version_package: string, version_type = "vmbased") => call("ValidatePackage", { version_type, version_package });
      const hostile: readonly (readonly [what: string, bytes: string, type?: string])[] = [
        ["60 MiB of zeros", base64(gzipSync(Buffer.alloc(60 * MEBIBYTE)))],
        ["a template of 300,000 escaped quotes", await devkit('\\"'.repeat(300_000))],
        ["a template of 100,000 opening braces", await devkit("{{".repeat(100_000))],
        ["JSON that nests 100,000 deep", await devkit(nested(100_000))],
        ["aliases of aliases", await chart({ "a/values.yaml": aliases }), "helm"],
        ["values of 5 MB", await chart({ "a/values.yaml": `a:\n${"- b\n".repeat(1_000_000)}` }), "helm"],
        ["a schema with a slow pattern", await chart({ "a/values.schema.json": '{"type":"string","pattern":"^(a+)+$"}' }), "helm"],
        ["not an archive", base64(Buffer.from("no archive"))],
        ["nothing but the head of one", "H4sIAAAAAAAAAw=="],
      ];
      for (const [what, bytes, type] of hostile) {
        const asked = validate(bytes, type);
        const longest = await longestMeanwhile(scene, asked);
        const answer = await asked;
        const isAnswered = answer.status < 500 || answer.status === 503;
        holds(
          what,
          isAnswered && answer.milliseconds < 25_000 && longest < PATIENCE,
          `${shown(answer).slice(0, 80)} after ${answer.milliseconds.toFixed(0)} ms, others waited ${longest.toFixed(0)} ms`,
        );
      }
      const good = await validate(await scene.packageOf("1.0.0"));
      control("a good package is read", good.status === 200 && good.body.name === "shop", shown(good).slice(0, 80));
    },
  },
  {
    class: "parsers",
    name: "fill the app service's memory by large packages at once",
    has: "developer",
    holds: "the service stays within its memory, and answers",
    needs: "processes",
    long: true,
    run: async (scene, { holds, control }) => {
      const { people, inside, packageOf } = scene;
      const { call } = await people.developer();
      const padded = base64(await archiveOf({ ...devkitFiles, "shop/large": "0123456789abcdef".repeat(1.5 * MEBIBYTE) }));
      const peak = (): number =>
        Math.max(
          ...(inside().processes?.pids ?? []).map(
            (pid) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024,
          ),
        );
      const asked = Promise.all(
        Array.from({ length: 12 }, () => call("ValidatePackage", { version_type: "vmbased", version_package: padded })),
      );
      const longest = await longestMeanwhile(scene, asked);
      const answers = await asked;
      holds("no process takes more than 900 MiB", peak() < 900, `${peak().toFixed(0)} MiB at most`);
      holds("others are served", longest < PATIENCE, `others waited ${longest.toFixed(0)} ms`);
      holds(
        "all are answered",
        answers.every(({ status }) => status === 200 || status === 503 || status === 413),
        [...new Set(answers.map(({ status }) => status))].join(" "),
      );
      const good = await call("ValidatePackage", { version_type: "vmbased", version_package: await packageOf("1.0.0") });
      control("a good package is read", good.status === 200 && good.body.name === "shop");
    },
  },
  {
    class: "parsers",
    name: "write files outside of a package, or read others through it",
    has: "developer",
    holds: "paths that leave the archive, and links, are refused; only files of the package are read",
    run: async ({ people, application, packageOf }, { refused, holds, allowed }) => {
      const developer = await people.developer();
      const { versionId: version_id } = await application(developer);
      for (const path of [
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\etc\\passwd",
        "package.json/../../../etc/passwd",
        "package.json\0.txt",
      ]) {
        const answer = await developer.call("GetAppVersionPackageFiles", { version_id, files: [path] });
        holds(
          `read ${JSON.stringify(path)}`,
          answer.status >= 400 || !JSON.stringify(answer.body.files ?? {}).includes(base64(Buffer.from("root:")).slice(0, 6)),
          shown(answer).slice(0, 100),
        );
      }
      for (const path of ["../escape", "a/../../escape", "/etc/cron.d/x"]) {
        const bytes = base64(await archiveOf({ ...devkitFiles, [path]: "x" }).catch(() => new Uint8Array()));
        if (bytes === "") continue;
        await refused(`upload ${path}`, developer.call("ModifyAppVersion", { version_id, package: bytes }), "400");
        await refused(
          `replace ${path}`,
          developer.call("ModifyAppVersion", { version_id, package_files: { [path]: base64(Buffer.from("x")) } }),
          "400",
        );
      }
      const named = (name: string) => packageOf("1.0.0", { "shop/package.json": JSON.stringify({ name, version: "1.0.0" }) });
      const ofRole = (role: string) => packageOf("1.0.0", { "shop/cluster.json.tmpl": templateOf({ role }) });
      for (const path of ["a\nb", "a\u001b[2Jb"]) {
        await refused(
          `the name ${JSON.stringify(path)}`,
          developer.call("ModifyAppVersion", { version_id, package: await named(path) }),
          "400",
        );
        await refused(
          `the role ${JSON.stringify(path)}`,
          developer.call("ModifyAppVersion", { version_id, package: await ofRole(path) }),
          "400",
        );
      }
      await allowed("a good package", developer.call("ModifyAppVersion", { version_id, package: await packageOf("1.0.1") }));
      await allowed("its own files", developer.call("GetAppVersionPackageFiles", { version_id, files: ["config.json"] }));
    },
  },
];
