import { isObject, type Json } from "./json.ts";

/** Stands for the secret of the setting with this dotted path, in a configuration and in what is rendered from it. JSON needs no escapes for it. */
export const markerOf = (path: string): string =>
  `<secret:${path.replaceAll(/[^\w.-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}>`;
const markers = /<secret:[^<>]*>/g;

export const holdsMarker = (text: string): boolean => text.includes("<secret:");
export const markersIn = (text: string): readonly string[] => text.match(markers) ?? [];

/** The text with the secrets, by marker, in their places. A secret is not searched for markers. */
export const fillMarkers = (text: string, secrets: ReadonlyMap<string, string>): string =>
  text.replace(markers, (marker) => secrets.get(marker) ?? marker);

/** What people see of a secret. Sent back, it means the present one. */
export const SHOWN = "******";
export const showMarkers = (text: string): string => text.replace(markers, SHOWN);

/** The field of the cluster's events that a secret is sealed for. */
export const secretLocation = (clusterId: string, path: string) => ({ stream: `cluster/${clusterId}`, field: `secrets/${path}` });

/** Whether a text in a value, however deep, is such. */
export const someText = (value: Json, isSuch: (text: string) => boolean): boolean => {
  if (typeof value === "string") return isSuch(value);
  if (Array.isArray(value)) return value.some((item: Json) => someText(item, isSuch));
  return isObject(value) && Object.entries(value).some(([key, item]) => isSuch(key) || someText(item, isSuch));
};
