import { createHash, timingSafeEqual } from "node:crypto";
import { streamOf } from "../../../events/index.ts";
import type { Edge } from "../../chassis/http/rows.ts";
import { type Authorize, MachineError } from "./machine/types.ts";
import type { LocalReadModels } from "./read-models.ts";

export type GateOptions = {
  /** The token that allows running commands on this machine. If undefined, the provider is disabled. */
  readonly token: string | undefined;
  /** Reads a document of this service; undefined if it does not exist, or not yet. */
  readonly document: <M extends keyof LocalReadModels>(model: M, id: string) => Promise<LocalReadModels[M] | undefined>;
  /** Decrypts the content of a credential. */
  readonly open: Edge["open"];
};

/**
 * Decides whether a cluster may use this machine now: it has not ceased, its runtime exists, and the credential that the runtime has at this
 * moment holds the token. A document that is not known is an outage and not a refusal, since it may be on its way.
 */
export const gate =
  ({ token, document, open }: GateOptions): Authorize =>
  async (clusterId) => {
    if (token === undefined)
      throw denied("the local provider is disabled because it runs commands on this machine; set PITRIX_LOCAL_TOKEN to enable it");
    const { runtime_id, ceased } = known(await document("clusterOwners", clusterId), `cluster ${clusterId}`);
    if (ceased) throw denied(`cluster ${clusterId} has ceased`);
    const { credential_id } = known(await document("runtimes", runtime_id), `runtime ${runtime_id}`);
    if (credential_id === "") throw denied(`runtime ${runtime_id} is deleted`);
    const { sealed_content } = known(await document("credentials", credential_id), `credential ${credential_id}`);
    if (sealed_content === "") throw denied(`credential ${credential_id} is deleted`);
    const content = await open(sealed_content, { stream: streamOf("runtimeCredential", credential_id), field: "sealedContent" });
    if (!isSame(tokenIn(content), token)) throw denied("the credential's token does not match PITRIX_LOCAL_TOKEN");
  };

const denied = (reason: string): MachineError => new MachineError("denied", reason);

const known = <T>(found: T | undefined, what: string): T => {
  if (found === undefined) throw new Error(`${what} is not known yet, or no longer`);
  return found;
};

const tokenIn = (content: string): string => {
  try {
    const token: unknown = Reflect.get(Object(JSON.parse(content)), "token");
    return typeof token === "string" ? token : "";
  } catch {
    return "";
  }
};

/** In a time that does not depend on where they differ. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digestOf(one), digestOf(other));
const digestOf = (text: string): Uint8Array => createHash("sha256").update(text).digest();
