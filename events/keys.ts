import type { Commit, ParkedKey } from "./ports.ts";

const highest = 999_999_999_999;

/** Stream and version as a text in the same sort order; versions above the highest are reduced to it. */
export const positionKey = (stream: string, version: number): string => `${stream}@${String(Math.min(version, highest)).padStart(12, "0")}`;

/** The id of a commit: its stream and version; for a receipt, which takes no version, its cause. */
export const commitId = (commit: Commit): string => {
  if (commit.events.length > 0) return positionKey(commit.stream, commit.version);
  if (commit.cause === null) throw new Error(`a receipt of ${commit.stream} needs a cause`);
  return `=${commit.cause}`;
};

/** The id of a parked event, in the order of its stream. A record without a valid version sorts after the event that precedes it. */
export const parkedId = ({ subscription, stream, version, eventId }: ParkedKey): string =>
  `${subscription}|${positionKey(stream, version)}${eventId.startsWith(`${stream}@`) ? "" : `+${eventId}`}`;
