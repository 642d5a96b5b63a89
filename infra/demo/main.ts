import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Listr, PRESET_TIMER } from "listr2";
import { causation, causationSvg, causationText, type Occurrence } from "../../events/map/index.ts";
import { startPlatform } from "../platform/platform.ts";
import { followEvents } from "./events.ts";
import { type DemoKubernetes, demoKubernetes } from "./kubernetes.ts";
import { drawPictures } from "./pictures.ts";
import { serveRepository } from "./serve.ts";
import { type Context, type Step, story, storyOnKubernetes } from "./story.ts";

const usage = `Usage: make demo [ONCE=1]

Starts Kafka, the document store and each service of Pitrix as a separate process, and runs the main job over HTTP:
index repositories, review and release a version, deploy it on this machine, operate it; then the same as a chart on Kubernetes, if
PITRIX_DEMO_KUBECONFIG names a cluster (none: without), or \`make kubernetes-test\` has built the API of the tests here.

  --once           exit after the last step (exit code 1 and the reason if a step fails)
  --pictures D     draw what the pitrix command shows of the platform into this directory
  --directory D    state and logs (default .pitrix/demo; cleared at the start)
  --port P         the gateway's port; the services use the following ports (default: free ports)`;

const { values } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    pictures: { type: "string" },
    directory: { type: "string", default: ".pitrix/demo" },
    port: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
});

const demo = async (): Promise<void> => {
  rmSync(join(values.directory, "embedded"), { recursive: true, force: true });
  rmSync(join(values.directory, "secrets.json"), { force: true });
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1_000).toFixed(1);
  let stop = async (): Promise<void> => {};
  let ending = false;
  const end = async (code: number): Promise<never> => {
    if (!ending) {
      ending = true;
      await stop();
    }
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end(signal === "SIGINT" && answered ? 0 : 130));
  let answered = false;
  let show: (line: string) => void = () => {};
  const options = { rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false, outputBar: 6 as const, persistentOutput: false } };
  const state: { context?: Context; kubernetes?: DemoKubernetes } = {};
  let started: Awaited<ReturnType<typeof startPlatform>> | undefined;
  const request = crypto.randomUUID();
  const caused: Occurrence[] = [];

  const start = {
    title: "Start Kafka, the document store and all services",
    task: async (_: unknown, task: { output: string; title: string }) => {
      const [repository, kubernetes] = await Promise.all([
        serveRepository(),
        demoKubernetes(join(values.directory, "embedded-kubernetes")),
      ]);
      stop = kubernetes.stop;
      const platform = await startPlatform({
        directory: values.directory,
        port: Number(values.port),
        environment: {
          PITRIX_REPO_PRIVATE_NETWORKS: new URL(repository.url).host,
          PITRIX_KUBERNETES_PRIVATE_NETWORKS: kubernetes.networks,
        },
        report: (line) => {
          task.output = line;
        },
        ended: (name, reason) => {
          process.stderr.write(`service ${name} ${reason}; its log is in ${join(values.directory, "logs", `${name}.log`)}\n`);
          void end(1);
        },
      });
      stop = async () => {
        await platform.stop();
        await kubernetes.stop();
      };
      started = platform;
      const unfollow = await followEvents(platform.kafka, (event) => {
        const { type, stream, version, row, service, correlationId } = event;
        if (correlationId === request) caused.push(event);
        show(`  ${type} ${stream}@${version}  (${service}, by ${row})`);
      });
      stop = async () => {
        await unfollow();
        await repository.close();
        await platform.stop();
        await kubernetes.stop();
      };
      const { client, loginClient, administrator, localToken } = platform.secrets;
      const { kubeconfig } = kubernetes;
      state.kubernetes = kubernetes;
      state.context = {
        ...{ url: platform.url, client, loginClient, administrator, localToken, kubeconfig, repository, request },
        ...{ facts: {}, callers: {} },
      };
      task.title = `${task.title}: ${platform.url}`;
    },
    ...options,
  };
  const toTask = ({ title, run }: Step, skip: () => string | false = () => false) => ({
    title,
    skip,
    task: async (_: unknown, task: { output: string; title: string }) => {
      const context = state.context;
      if (!context) throw new Error("the platform did not start");
      show = (line) => {
        task.output = line;
      };
      const result = await run(context, show);
      if (result) task.title = `${title}: ${result}`;
      if (title.startsWith("Create a cluster")) task.title = `${task.title} (${seconds()} s after the command)`;
    },
    ...options,
  });
  const lacksKubernetes = (title: string) => () =>
    state.kubernetes?.kubeconfig === undefined && `${title}: skipped, since ${state.kubernetes?.about}`;
  const steps = [...story.map((step) => toTask(step)), ...storyOnKubernetes.map((step) => toTask(step, lacksKubernetes(step.title)))];
  try {
    await new Listr([start, ...steps], {
      concurrent: false,
      fallbackRenderer: "verbose",
      rendererOptions: { timer: PRESET_TIMER },
      fallbackRendererOptions: { timer: PRESET_TIMER },
      registerSignalListeners: false,
    }).run();
  } catch (error) {
    process.stderr.write(
      `\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\nLogs: ${join(values.directory, "logs")}\n`,
    );
    await end(1);
  }
  answered = true;
  const tree = causation(caused);
  const picture = join(values.directory, "cluster-creation.svg");
  writeFileSync(picture, causationSvg(tree));
  process.stdout.write(`\nEvents caused by the request for the cluster, from the log (picture: ${picture}):\n\n`);
  process.stdout.write(`${causationText(tree, { colour: process.stdout.isTTY && !process.env.NO_COLOR })}\n`);
  const { kubeconfig, about = "" } = state.kubernetes ?? {};
  process.stdout.write(
    `\nAll steps done in ${seconds()} s; on Kubernetes: ${kubeconfig === undefined ? `nothing, since ${about}` : about}.\n`,
  );
  if (values.pictures !== undefined && started) await drawPictures(started, values.pictures);
  if (values.once) await end(0);
  const { url, client, administrator } = state.context ?? {};
  process.stdout.write(
    `\nThe platform keeps running at ${url}\n  client ${client?.id}:${client?.secret}\n  administrator ${administrator?.email}:${administrator?.password}\nCtrl-C stops it.\n`,
  );
  await new Promise(() => setInterval(() => {}, 1 << 30));
};

if (values.help) process.stdout.write(`${usage}\n`);
else await demo();
