import type { Rejection } from "../../events/index.ts";
import type { AdoptedRelease } from "../../schemas/generated/events.ts";
import { makeProblem, type Problem } from "../chassis/http/problems.ts";
import type { Reads } from "../chassis/http/rows.ts";
import { serviceOf } from "../chassis/provider-names.ts";
import { PackageError } from "../packages/package-error.ts";
import { MAX_CONFIGURATION, valuesOver } from "../packages/values.ts";
import type { Version } from "./deployment.ts";
import type { ClusterOutside } from "./ports.ts";
import type { RuntimeDocument } from "./read-models/foreign.ts";
import type { ClusterReadModels } from "./read-models/read-models.ts";

type Wanted = {
  /** The name of the release; empty: the cluster gets one of its own. */
  readonly release: string;
  readonly zone: string;
  readonly conf: string;
  readonly runtime: RuntimeDocument;
  readonly version: Version;
};
type Known = Pick<Reads<ClusterReadModels>, "get"> & { readonly outside: Pick<ClusterOutside, "runs" | "inquire"> };

/**
 * The release that a new cluster takes over, as its provider finds it now, and the cluster's configuration: the request's, laid over the values that the
 * release has. What cannot be taken over is refused before anything happens. The cluster that has the release already is named to whom it belongs.
 */
export const adoption = async (
  { release, zone, conf, runtime, version }: Wanted,
  { get, outside }: Known,
): Promise<{ readonly adopted: AdoptedRelease | null; readonly conf: string } | Rejection | Problem> => {
  if (release === "") return { adopted: null, conf };
  const { provider, runtime_credential_id } = runtime;
  const { packageOwner: package_owner, packageDigest: package_digest, versionType } = version;
  if (versionType !== "helm") return refused(`only a version of a chart takes over a release, and this one is of type ${versionType}`);
  if (!outside.runs(serviceOf(provider))) return makeProblem("unavailable", `: provider [${provider}] does not run`);
  const about = { runtime_credential_id, zone, release, package_owner, package_digest };
  const found = await outside.inquire(serviceOf(provider), "release", about);
  if (!found) return refused(`provider [${provider}] has no releases to take over`);
  if (typeof found.refused === "string") return refused(`release [${release}] cannot be taken over: ${found.refused}`);
  if (typeof found.cluster === "string") {
    const its = await get("clusters", found.cluster);
    return refused(`release [${release}] belongs to ${its ? `cluster [${its.cluster_id}]` : "another cluster"}`);
  }
  try {
    const values = valuesOver(String(found.values), conf);
    if (values.length > MAX_CONFIGURATION)
      return refused(`the values of release [${release}] with this configuration are longer than ${MAX_CONFIGURATION} characters`);
    return { adopted: { release, revision: String(found.revision) }, conf: values };
  } catch (error) {
    if (error instanceof PackageError) return refused(error.message);
    throw error;
  }
};

const refused = (rejected: string): Rejection => ({ rejected, kind: "invalid", error: "validate_failed" });
