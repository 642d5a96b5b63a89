import { createHash, timingSafeEqual } from "node:crypto";
import { type CredentialOptions, credentialOf } from "../kit/credential.ts";
import { type Authorize, MachineError } from "./machine/types.ts";

export type GateOptions = CredentialOptions & {
  /** The token that allows running commands on this machine. If undefined, the provider is disabled. */
  readonly token: string | undefined;
};

/** Decides whether a cluster may use this machine now: the credential that its runtime has at this moment holds the token. */
export const gate = ({ token, ...options }: GateOptions): Authorize => {
  const credential = credentialOf(options);
  return async (clusterId) => {
    if (token === undefined)
      throw denied("the local provider is disabled because it runs commands on this machine; set PITRIX_LOCAL_TOKEN to enable it");
    const found = await credential(clusterId);
    if ("denied" in found) throw denied(found.denied);
    if (!isSame(tokenIn(found.content), token)) throw denied("the credential's token does not match PITRIX_LOCAL_TOKEN");
  };
};

const denied = (reason: string): MachineError => new MachineError("denied", reason);

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
