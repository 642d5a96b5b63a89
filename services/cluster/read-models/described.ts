import type { ClusterRole, Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";
import { showMarkers } from "../../packages/secret-markers.ts";

/** What a cluster is deployed with, as users see it: asterisks in the place of passwords. */
export type Described = {
  readonly app_id: string;
  readonly version_id: string;
  /** The package that runs. */
  readonly package_digest: string;
  readonly version_type: string;
  readonly runtime_id: string;
  readonly zone: string;
  readonly env: string;
  readonly endpoints: string;
  readonly roles: readonly ClusterRole[];
};
export const undescribed: Described = {
  ...{ app_id: "", version_id: "", package_digest: "", version_type: "", runtime_id: "", zone: "", env: "", endpoints: "", roles: [] },
};

export const described = ({
  appId,
  versionId,
  packageDigest,
  versionType,
  runtimeId,
  zone,
  configuration,
  endpoints,
  roles,
}: ClusterSpec): Described => ({
  app_id: appId,
  version_id: versionId,
  package_digest: packageDigest,
  version_type: versionType,
  runtime_id: runtimeId,
  zone,
  env: showMarkers(configuration),
  endpoints: endpointsText(endpoints),
  roles: roles.map((role) => ({ ...role, env: mapValues(role.env, showMarkers) })),
});

/** Endpoints by their names, as a JSON text. */
export const endpointsText = (
  endpoints: readonly { readonly name: string; readonly address?: string; readonly port: number; readonly protocol: string }[],
): string => JSON.stringify(Object.fromEntries(endpoints.map(({ name, ...endpoint }) => [name, endpoint])));

const mapValues = (texts: { readonly [name: string]: string }, change: (text: string) => string) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));
