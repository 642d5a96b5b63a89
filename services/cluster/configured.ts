import { mapOf, type Rejection } from "../../events/index.ts";
import type { Edge } from "../chassis/http/rows.ts";
import { secretLocation } from "../packages/secret-markers.ts";
import { separateSecrets } from "../packages/secrets.ts";
import type { Configured } from "./deployment.ts";

/** Keys that are made at once. */
const CONCURRENCY = 8;

/** Checks a user's configuration of a cluster and seals its secrets, each for its path; or says what is wrong with it. */
export const configuredWith = async (
  { seal }: Edge,
  clusterId: string,
  versionType: string,
  configJson: string,
  conf: string,
): Promise<Configured | Rejection> => {
  const separated = separateSecrets(versionType, configJson, conf);
  if ("rejected" in separated) return { ...separated, kind: "invalid", error: "validate_failed" };
  const secrets = await mapOf([...separated.secrets], CONCURRENCY, async ([path, secret]) => ({
    path,
    sealed: await seal(secret, secretLocation(clusterId, path)),
  }));
  return { configuration: separated.configuration, secrets };
};
