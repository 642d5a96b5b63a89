import type { Commit, ParkedKey } from "./ports.ts";

const highest = 999_999_999_999;

/** Stream and version as text that sorts as they do; a version beyond the highest is taken for it. */
export const positionKey = (stream: string, version: number): string => `${stream}@${String(Math.min(version, highest)).padStart(12, "0")}`;

/** The place of a commit in its stream; a receipt, which takes no version, has its cause. */
export const commitId = (commit: Commit): string => {
  if (commit.events.length > 0) return positionKey(commit.stream, commit.version);
  if (commit.cause === null) throw new Error(`a receipt of ${commit.stream} needs a cause`);
  return `=${commit.cause}`;
};

/** The place of a parked event; an event that does not tell its version stands behind the event that it came after. */
export const parkedId = ({ subscription, stream, version, eventId }: ParkedKey): string =>
  `${subscription}|${positionKey(stream, version)}${eventId.startsWith(`${stream}@`) ? "" : `+${eventId}`}`;
