import { streamOf } from "../../../events/index.ts";
import type { Edge } from "../../chassis/http/rows.ts";
import type { ProviderReadModels } from "./read-models.ts";

/** The read models of a provider, and the key to its credentials. */
export type CredentialOptions = {
  /** Reads a document of this service; undefined if it does not exist, or not yet. */
  readonly document: <M extends keyof ProviderReadModels>(model: M, id: string) => Promise<ProviderReadModels[M] | undefined>;
  /** Decrypts the content of a credential. */
  readonly open: Edge["open"];
};

type Found = { readonly content: string } | { readonly denied: string };

/** The documents of a provider's service, which has exactly these read models. */
export const documentsFor =
  (document: (model: string, id: string) => Promise<object | undefined>): CredentialOptions["document"] =>
  async <M extends keyof ProviderReadModels>(model: M, id: string) =>
    (await document(model, id)) as ProviderReadModels[M] | undefined;

/**
 * The content of the credential that the runtime of a cluster has at this moment, or why the cluster may use none. What is left of a cluster that has
 * ceased, or on a runtime that is deleted, may only be removed. A document that is not known is an outage and not a refusal, since it may be on its way.
 */
export const credentialOf = (options: CredentialOptions) => {
  const { document } = options;
  const contentOf = contentOfCredential(options);
  return async (clusterId: string, { removing = false }: { readonly removing?: boolean } = {}): Promise<Found> => {
    const { runtime_id, ceased } = known(await document("clusterOwners", clusterId), `cluster ${clusterId}`);
    if (ceased && !removing) return { denied: `cluster ${clusterId} has ceased` };
    const { credential_id, deleted } = known(await document("runtimes", runtime_id), `runtime ${runtime_id}`);
    if (deleted && !removing) return { denied: `runtime ${runtime_id} is deleted` };
    return contentOf(credential_id);
  };
};

/** The content of a credential, or why there is none. */
export const contentOfCredential =
  ({ document, open }: CredentialOptions) =>
  async (credential_id: string): Promise<Found> => {
    const { sealed_content } = known(await document("credentials", credential_id), `credential ${credential_id}`);
    if (sealed_content === "") return { denied: `credential ${credential_id} is deleted` };
    return { content: await open(sealed_content, { stream: streamOf("runtimeCredential", credential_id), field: "sealedContent" }) };
  };

const known = <T>(found: T | undefined, what: string): T => {
  if (found === undefined) throw new Error(`${what} is not known yet, or no longer`);
  return found;
};
