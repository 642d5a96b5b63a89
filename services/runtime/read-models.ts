import { type Owned, ownedBy, unowned } from "../chassis/access/ownership.ts";
import type { Projection } from "../chassis/events.ts";
import type { ProviderDocument } from "../chassis/providers.ts";

export type RuntimeDocument = Owned & {
  readonly runtime_id: string;
  readonly name: string;
  readonly description: string;
  readonly provider: string;
  readonly zone: string;
  readonly runtime_credential_id: string;
  readonly status: "active" | "deleted";
  readonly debug: boolean;
  readonly create_time: string;
  readonly status_time: string;
};

/** All runtimes, as users see them. */
export const runtimes: Projection<RuntimeDocument> = {
  name: "runtimes",
  version: 2,
  indexes: ["provider", "runtime_credential_id"],
  initialState: {
    runtime_id: "",
    name: "",
    description: "",
    provider: "",
    zone: "",
    runtime_credential_id: "",
    status: "active",
    debug: false,
    ...unowned,
    create_time: "",
    status_time: "",
  },

  evolve: {
    RuntimeCreated: (_, { runtimeId, name, description, provider, zone, runtimeCredentialId, debug, owner, ownerPath }, { time }) => ({
      runtime_id: runtimeId,
      name,
      description,
      provider,
      zone,
      runtime_credential_id: runtimeCredentialId,
      status: "active",
      debug,
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
      status_time: time,
    }),
    RuntimeModified: (runtime, { name, description, runtimeCredentialId }) => ({
      ...runtime,
      name,
      description,
      runtime_credential_id: runtimeCredentialId,
    }),
    RuntimeDeleted: (runtime, _, { time }) => ({ ...runtime, status: "deleted", status_time: time }),
  },
};

export type RuntimeCredentialDocument = Owned & {
  readonly runtime_credential_id: string;
  readonly name: string;
  readonly description: string;
  readonly provider: string;
  readonly runtime_url: string;
  /** Always asterisks: the content stays sealed in the event. */
  readonly runtime_credential_content: "******";
  readonly status: "active" | "deleted";
  readonly debug: boolean;
  readonly create_time: string;
  readonly status_time: string;
};

/** The credentials of runtimes, without their content. */
export const runtimeCredentials: Projection<RuntimeCredentialDocument> = {
  name: "runtimeCredentials",
  version: 2,
  indexes: ["provider"],
  initialState: {
    runtime_credential_id: "",
    name: "",
    description: "",
    provider: "",
    runtime_url: "",
    runtime_credential_content: "******",
    status: "active",
    debug: false,
    ...unowned,
    create_time: "",
    status_time: "",
  },

  evolve: {
    RuntimeCredentialCreated: (
      credential,
      { runtimeCredentialId, name, description, provider, runtimeUrl, debug, owner, ownerPath },
      { time },
    ) => ({
      ...credential,
      runtime_credential_id: runtimeCredentialId,
      name,
      description,
      provider,
      runtime_url: runtimeUrl,
      debug,
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
      status_time: time,
    }),
    RuntimeCredentialModified: (credential, { name, description }) => ({ ...credential, name, description }),
    RuntimeCredentialDeleted: (credential, _, { time }) => ({ ...credential, status: "deleted", status_time: time }),
  },
};

export type RuntimeReadModels = {
  readonly providers: ProviderDocument;
  readonly runtimes: RuntimeDocument;
  readonly runtimeCredentials: RuntimeCredentialDocument;
};
