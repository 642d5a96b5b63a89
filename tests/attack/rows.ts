import type { Attack } from "./attack.ts";
import { cells } from "./rows/cells.ts";
import { guessing } from "./rows/guessing.ts";
import { kafka } from "./rows/kafka.ts";
import { network } from "./rows/network.ts";
import { ownership } from "./rows/ownership.ts";
import { parsers } from "./rows/parsers.ts";
import { people } from "./rows/people.ts";
import { ports } from "./rows/ports.ts";
import { releases } from "./rows/releases.ts";
import { requests } from "./rows/requests.ts";
import { runtimes } from "./rows/runtimes.ts";
import { secrets } from "./rows/secrets.ts";
import { sessions } from "./rows/sessions.ts";
import { streams } from "./rows/streams.ts";
import { web } from "./rows/web.ts";
import { webhooks } from "./rows/webhooks.ts";

/** Every attack; those that leave the platform in a bad state come last. */
export const attacks = (seed: number): readonly Attack[] => {
  const all = [
    ...[...people, ...ownership, ...releases, ...runtimes, ...secrets, ...sessions, ...guessing],
    ...[...parsers, ...requests, ...network, ...ports, ...web, ...kafka, ...streams, ...webhooks, cells(seed)],
  ];
  return [...all.filter(({ last }) => !last), ...all.filter(({ last }) => last)];
};

/** The attacks whose class is one of these words, or a part of whose name; all if there are none. */
export const chosen = (all: readonly Attack[], words: readonly string[]): readonly Attack[] =>
  words.length === 0
    ? all
    : all.filter((attack) =>
        words.some((word) => (all.some((each) => each.class === word) ? attack.class === word : attack.name.includes(word))),
      );

/** What an attack needs that a platform does not offer; undefined if it can be tried. */
export const lacking = ({ needs }: Attack, { inside }: { readonly inside?: { readonly processes?: unknown } }): string | undefined => {
  if (needs === "inside" && !inside) return "a platform of its own";
  if ((needs === "processes" || needs === "root") && !inside?.processes) return "a platform of its own, with real servers";
  if (needs === "root" && process.getuid?.() !== 0) return "to run as root: otherwise nodes of local clusters are not isolated";
  return undefined;
};
