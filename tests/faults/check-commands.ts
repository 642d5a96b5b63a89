import { createHash } from "node:crypto";
import type { MemoryDatabase } from "../../events/memory/database.ts";
import type { Commit } from "../../events/ports.ts";
import type { Column, Finding, Traces } from "./findings.ts";

/** The inbox key that the platform derives from who asked, what, and under which key. */
export const causeOf = (principal: string, operation: string, key: string): string =>
  `${createHash("sha256")
    .update(JSON.stringify([principal, operation, key]))
    .digest("base64url")}/0`;

/** Whatever was answered is recorded once, as it was answered; one key has one answer; a thing's commands keep the order in which they were answered. */
export const checkCommands = function* ({ history, databases }: Traces): Generator<Finding> {
  const asked = new Map<number, { readonly operation: string; readonly key: string; readonly cause: string; readonly time: number }>();
  const answers = new Map<string, { readonly status: number; readonly body: string; readonly position: string }>();
  const lasts = new Map<string, { readonly time: number; readonly version: number }[]>();
  for (const line of history) {
    const about = "number" in line ? (asked.get(line.number) ?? { operation: "?", key: "?", cause: "", time: 0 }) : undefined;
    const found = (column: Column, rule: string, message: string): Finding => ({ column, rule, about: about?.key ?? "", message });
    switch (line.type) {
      case "invoke":
        asked.set(line.number, { ...line, cause: causeOf(line.principal, line.operation, line.key) });
        break;
      case "info":
        if (line.status === 500)
          yield found("refused wrongly", "an outage is told as one", `${about?.operation} was answered 500: ${line.text}`);
        if (line.status === 503 && !line.retryAfter)
          yield found(
            "refused wrongly",
            "an outage is told as one",
            `${about?.operation} was answered 503 without Retry-After: ${line.text}`,
          );
        break;
      case "gave up":
        yield found("unfinished", "every command is answered in the end", `${about?.operation} ${about?.key} never was`);
        break;
      case "read":
        yield {
          ...{ column: "divergent", rule: "who was told that something is done sees it done", about: line.about },
          message: `${line.about} is called ${line.found} and not ${line.wanted}, to which its owner had renamed it`,
        };
        break;
      case "ok":
      case "fail": {
        if (!about) break;
        const { cause, operation, key, time } = about;
        if (line.status === 404 && !needsOthers.has(operation))
          yield found("refused wrongly", "what was acknowledged is not denied", `${operation} ${key} was answered: ${line.body}`);
        const commits = commitsOf(databases, cause);
        if (commits.length === 0)
          yield found(
            "lost",
            "an answered command is recorded",
            `${operation} ${key} was answered ${line.status}, and nothing is recorded for it`,
          );
        if (commits.length > 1)
          yield found("duplicated", "a key has one decision", `${operation} ${key} was decided ${commits.length} times`);
        const [commit] = commits;
        const before = answers.get(cause);
        answers.set(cause, line);
        if (before && (before.status !== line.status || before.body !== line.body))
          yield found(
            "duplicated",
            "a key has one answer",
            `${operation} ${key} was answered ${before.status} ${before.body} and ${line.status} ${line.body}`,
          );
        if (commit && line.type === "ok" && commit.events.length > 0 && line.position !== `${commit.stream}@${lastOf(commit)}`)
          yield found(
            "lost",
            "an answer names what was committed",
            `${operation} ${key} was answered at ${line.position}, but ${commit.stream}@${lastOf(commit)} is committed`,
          );
        if (commit && commit.rejection !== null && line.type === "ok")
          yield found(
            "lost",
            "an answer says what was decided",
            `${operation} ${key} was answered ${line.status}, but refused: ${commit.rejection.rejected}`,
          );
        if (!commit || commit.events.length === 0 || before) break;
        const earlier = (lasts.get(commit.stream) ?? []).find((each) => each.time < time && each.version > commit.version);
        if (earlier)
          yield found(
            "disordered",
            "commands keep the order in which they were answered",
            `${operation} ${key} stands at ${commit.stream}@${commit.version}, before ${earlier.version}, which had been answered when it was asked`,
          );
        lasts.set(commit.stream, [...(lasts.get(commit.stream) ?? []).slice(-20), { time: line.time, version: commit.version }]);
        break;
      }
    }
  }
};

/** What these need may not have reached their service yet; everybody else asks about a thing whose own service has acknowledged it. */
const needsOthers = new Set(["CreateCluster"]);

const lastOf = ({ version, events }: Commit): number => version + events.length - 1;

const byCause = new WeakMap<MemoryDatabase, Map<string, Commit[]>>();
const commitsOf = (databases: Traces["databases"], cause: string): readonly Commit[] =>
  [...databases.values()].flatMap((database) => {
    let found = byCause.get(database);
    if (!found) {
      found = new Map();
      for (const commit of database.commits.values())
        if (commit.cause !== null) found.set(commit.cause, [...(found.get(commit.cause) ?? []), commit]);
      byCause.set(database, found);
    }
    return found.get(cause) ?? [];
  });
