import { type Finding, finding, type Traces } from "./findings.ts";
import { factsOnLog } from "./models.ts";

/** A task is called out under one key; it was called out if it succeeded, and never by an incarnation that began when it was over. */
export const checkCalls = function* ({ calls, contents }: Traces): Generator<Finding> {
  const ended = new Map<string, number>();
  for (const { event, meta } of factsOnLog(contents)) {
    if (event.type !== "TaskSucceeded") continue;
    const task = String(Reflect.get(event, "taskId"));
    if (ended.has(task)) yield duplicate(meta.stream, `${task} succeeded twice`);
    ended.set(task, Date.parse(meta.time));
  }
  if (!calls) return;
  const called = new Set(calls.map(({ key }) => key));
  for (const task of ended.keys())
    if (!called.has(task)) yield finding("lost", "what is said to be done was done", task, `nobody has called ${task} out`);
  const created = new Map<string, string>();
  for (const { key, node, action, incarnation } of calls) {
    const over = ended.get(key);
    const born = Number(incarnation.split("-").at(-1));
    // A second, because a decision's time is from before its commit.
    if (over !== undefined && born > over + 1_000)
      yield duplicate(key, `${key} was called out by an incarnation that began ${born - over} ms after it was over`);
    if (action !== "RunInstances") continue;
    const other = created.get(node);
    if (other !== undefined && other !== key) yield duplicate(node, `${node} was made twice, by ${other} and by ${key}`);
    created.set(node, key);
  }
};

const duplicate = (about: string, message: string): Finding => finding("duplicated", "no effect twice", about, message);
