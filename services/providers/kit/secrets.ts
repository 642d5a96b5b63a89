import type { DeploymentSecret } from "../../../schemas/generated/events.ts";
import type { Edge } from "../../chassis/http/rows.ts";
import { fillMarkers, holdsMarker, markerOf, SHOWN, secretLocation } from "../../packages/secret-markers.ts";

type Texts = { readonly [name: string]: string };

/** An environment with the secrets of its cluster in their places. It is for the process itself: no record and no event holds it. */
export const revealed = async (open: Edge["open"], clusterId: string, secrets: readonly DeploymentSecret[], env: Texts): Promise<Texts> => {
  if (!Object.values(env).some(holdsMarker)) return env;
  const byMarker = await opened(open, clusterId, secrets);
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fillMarkers(text, byMarker)]));
};

/** Shorter ones stand in too many words. */
const SHORTEST_HIDDEN = 4;

/** A text with asterisks in the places of the secrets of a cluster. */
export const hidden = async (
  open: Edge["open"],
  clusterId: string,
  secrets: readonly DeploymentSecret[],
  text: string,
): Promise<string> => {
  const clear = [...(await opened(open, clusterId, secrets)).values()].filter(({ length }) => length >= SHORTEST_HIDDEN);
  return clear.reduce((shown, secret) => shown.replaceAll(secret, SHOWN), text);
};

const opened = async (
  open: Edge["open"],
  clusterId: string,
  secrets: readonly DeploymentSecret[],
): Promise<ReadonlyMap<string, string>> => {
  const pairs = secrets.map(async ({ path, sealed }) => [markerOf(path), await open(sealed, secretLocation(clusterId, path))] as const);
  return new Map(await Promise.all(pairs));
};
