import type { Decider, Rejection } from "../../events/index.ts";
import type { RuntimeCredentialEvent, RuntimeEvent, Sealed } from "../../schemas/generated/events.ts";

export type RuntimeCommand =
  | {
      readonly type: "CreateRuntime";
      readonly runtimeId: string;
      readonly name: string;
      readonly description: string;
      readonly provider: string;
      readonly zone: string;
      readonly runtimeCredentialId: string;
      readonly debug: boolean;
      readonly owner: string;
      readonly ownerPath: string;
    }
  | {
      readonly type: "ModifyRuntime";
      readonly runtimeId: string;
      readonly name: string | undefined;
      readonly description: string | undefined;
      readonly runtimeCredentialId: string | undefined;
    }
  | { readonly type: "DeleteRuntime"; readonly runtimeId: string; readonly force: boolean }
  | { readonly type: "ReserveRuntime"; readonly runtimeId: string; readonly clusterId: string; readonly jobId: string }
  | { readonly type: "ReleaseRuntime"; readonly runtimeId: string; readonly clusterId: string };

type Described = {
  readonly name: string;
  readonly description: string;
  readonly provider: string;
  readonly zone: string;
  readonly runtimeCredentialId: string;
  readonly owner: string;
};
export type Runtime =
  | { readonly status: "absent" }
  | ({ readonly status: "active"; readonly clusters: readonly string[] } & Described)
  | ({ readonly status: "deleted" } & Described);

/** A target of deployments. The runtime itself accepts or refuses each cluster, so that a runtime in use is never deleted. */
export const runtime: Decider<RuntimeCommand, RuntimeEvent, Runtime> = {
  key: "runtimeId",
  initialState: { status: "absent" },

  decide: {
    CreateRuntime: ({ type: _, ...described }, state) => {
      if (state.status === "absent") return [{ ...described, type: "RuntimeCreated" }];
      return state.owner === described.owner ? [] : somebodyElses(described.runtimeId);
    },

    ModifyRuntime: ({ runtimeId, ...changes }, state) => {
      if (state.status !== "active") return gone(runtimeId);
      const name = changes.name ?? state.name;
      const description = changes.description ?? state.description;
      const runtimeCredentialId = changes.runtimeCredentialId ?? state.runtimeCredentialId;
      const same = name === state.name && description === state.description && runtimeCredentialId === state.runtimeCredentialId;
      const formerRuntimeCredentialId = state.runtimeCredentialId;
      return same ? [] : [{ type: "RuntimeModified", runtimeId, name, description, runtimeCredentialId, formerRuntimeCredentialId }];
    },

    DeleteRuntime: ({ runtimeId, force }, state) => {
      if (state.status === "deleted") return [];
      if (state.status === "absent") return gone(runtimeId);
      if (state.clusters.length > 0 && !force)
        return {
          rejected: `runtime ${runtimeId} is used by ${state.clusters.join(", ")}`,
          kind: "denied",
          error: "delete_resources_failed",
        };
      return [{ type: "RuntimeDeleted", runtimeId, runtimeCredentialId: state.runtimeCredentialId, clusterIds: state.clusters }];
    },

    ReserveRuntime: ({ runtimeId, clusterId, jobId }, state) => {
      if (state.status !== "active")
        return [{ type: "RuntimeRefused", runtimeId, clusterId, jobId, reason: `runtime ${runtimeId} is ${state.status}` }];
      const { provider, zone, runtimeCredentialId } = state;
      return [{ type: "RuntimeReserved", runtimeId, clusterId, jobId, provider, zone, runtimeCredentialId }];
    },

    ReleaseRuntime: ({ runtimeId, clusterId }, state) =>
      state.status === "active" && state.clusters.includes(clusterId) ? [{ type: "RuntimeReleased", runtimeId, clusterId }] : [],
  },

  evolve: {
    RuntimeCreated: (_, { name, description, provider, zone, runtimeCredentialId, owner }) => ({
      status: "active",
      clusters: [],
      name,
      description,
      provider,
      zone,
      runtimeCredentialId,
      owner,
    }),
    RuntimeModified: (state, { name, description, runtimeCredentialId }) =>
      state.status === "active" ? { ...state, name, description, runtimeCredentialId } : state,
    RuntimeReserved: (state, { clusterId }) =>
      state.status === "active" ? { ...state, clusters: [...state.clusters.filter((id) => id !== clusterId), clusterId] } : state,
    RuntimeReleased: (state, { clusterId }) =>
      state.status === "active" ? { ...state, clusters: state.clusters.filter((id) => id !== clusterId) } : state,
    RuntimeDeleted: (state) => (state.status === "active" ? { ...state, status: "deleted" } : state),
    RuntimeRefused: (state) => state,
  },

  claims: (state) =>
    state.status === "active" ? [`runtime ${state.provider}/${state.zone}/${state.runtimeCredentialId} of ${state.owner}`] : [],
  taken: () => ({ rejected: "a runtime with this provider, zone and credential already exists", kind: "denied", error: "runtime_exists" }),
};

export type RuntimeCredentialCommand =
  | {
      readonly type: "CreateRuntimeCredential";
      readonly runtimeCredentialId: string;
      readonly name: string;
      readonly description: string;
      readonly provider: string;
      readonly runtimeUrl: string;
      readonly sealedContent: Sealed;
      readonly debug: boolean;
      readonly owner: string;
      readonly ownerPath: string;
    }
  | {
      readonly type: "ModifyRuntimeCredential";
      readonly runtimeCredentialId: string;
      readonly name: string | undefined;
      readonly description: string | undefined;
      readonly sealedContent: Sealed | undefined;
    }
  | { readonly type: "UseRuntimeCredential"; readonly runtimeCredentialId: string; readonly runtimeId: string }
  | { readonly type: "FreeRuntimeCredential"; readonly runtimeCredentialId: string; readonly runtimeId: string }
  | { readonly type: "DeleteRuntimeCredential"; readonly runtimeCredentialId: string }
  /** The keys of all contents that lapsed so far are destroyed. */
  | { readonly type: "NoteKeysDestroyed"; readonly runtimeCredentialId: string };

export type RuntimeCredential = {
  readonly runtimes: readonly string[];
  /** Contents that were replaced or deleted. An effect destroys their keys. */
  readonly lapsed: readonly Sealed[];
} & (
  | { readonly status: "absent" }
  | { readonly status: "deleted"; readonly owner: string }
  | {
      readonly status: "active";
      readonly owner: string;
      readonly name: string;
      readonly description: string;
      readonly sealedContent: Sealed;
    }
);

/** The sealed credential of a provider account. It cannot be deleted while an active runtime uses it. */
export const runtimeCredential: Decider<RuntimeCredentialCommand, RuntimeCredentialEvent, RuntimeCredential> = {
  key: "runtimeCredentialId",
  initialState: { status: "absent", runtimes: [], lapsed: [] },

  decide: {
    CreateRuntimeCredential: ({ type: _, ...described }, state) => {
      if (state.status === "absent") return [{ ...described, type: "RuntimeCredentialCreated" }];
      return state.owner === described.owner ? [] : somebodyElses(described.runtimeCredentialId);
    },

    ModifyRuntimeCredential: ({ runtimeCredentialId, ...changes }, state) => {
      if (state.status !== "active") return gone(runtimeCredentialId);
      const name = changes.name ?? state.name;
      const description = changes.description ?? state.description;
      const sealedContent = changes.sealedContent ?? state.sealedContent;
      const same = name === state.name && description === state.description && sealedContent === state.sealedContent;
      return same ? [] : [{ type: "RuntimeCredentialModified", runtimeCredentialId, name, description, sealedContent }];
    },

    UseRuntimeCredential: ({ runtimeCredentialId, runtimeId }, { runtimes }) =>
      runtimes.includes(runtimeId) ? [] : [{ type: "RuntimeCredentialUsed", runtimeCredentialId, runtimeId }],

    FreeRuntimeCredential: ({ runtimeCredentialId, runtimeId }, { runtimes }) =>
      runtimes.includes(runtimeId) ? [{ type: "RuntimeCredentialFreed", runtimeCredentialId, runtimeId }] : [],

    DeleteRuntimeCredential: ({ runtimeCredentialId }, { status, runtimes }) => {
      if (status === "deleted") return [];
      if (status === "absent") return gone(runtimeCredentialId);
      if (runtimes.length > 0)
        return {
          rejected: `credential ${runtimeCredentialId} is used by ${runtimes.join(", ")}`,
          kind: "denied",
          error: "delete_resources_failed",
        };
      return [{ type: "RuntimeCredentialDeleted", runtimeCredentialId }];
    },

    NoteKeysDestroyed: () => [],
  },

  evolve: {
    RuntimeCredentialCreated: (state, { name, description, sealedContent, owner }) => ({
      ...state,
      status: "active",
      owner,
      name,
      description,
      sealedContent,
    }),
    RuntimeCredentialModified: (state, { name, description, sealedContent }) =>
      state.status === "active" ? { ...state, name, description, sealedContent, lapsed: lapsedIn(state, sealedContent) } : state,
    RuntimeCredentialUsed: (state, { runtimeId }) => ({ ...state, runtimes: [...state.runtimes, runtimeId] }),
    RuntimeCredentialFreed: (state, { runtimeId }) => ({ ...state, runtimes: state.runtimes.filter((id) => id !== runtimeId) }),
    RuntimeCredentialDeleted: (state) =>
      state.status === "active" ? { status: "deleted", owner: state.owner, runtimes: [], lapsed: lapsedIn(state) } : state,
  },
};

const lapsedIn = (state: RuntimeCredential, next?: Sealed): readonly Sealed[] =>
  state.status === "active" && state.sealedContent !== next ? [...state.lapsed, state.sealedContent] : state.lapsed;

const somebodyElses = (id: string): Rejection => ({
  rejected: `access denied for resource [${id}]`,
  kind: "denied",
  error: "error_resource_access_denied",
});
const gone = (id: string): Rejection => ({ rejected: `resource [${id}] does not exist`, kind: "notFound", error: "resource_not_found" });
