import type { Decider } from "../../../events/index.ts";
import type { ClientEvent, ClientSecretEvent } from "../../../schemas/generated/events.ts";

/** The user is the one that the client acts as, for whoever judges the command. */
export type ClientCommand =
  | { type: "CreateClient"; clientId: string; userId: string; owner: string; ownerPath: string }
  | { type: "LimitClient"; clientId: string; userId: string; actionBundleIds: readonly string[] }
  | { type: "RevokeClient"; clientId: string; userId: string };
export type Client = { status: "absent" } | { status: "active"; actionBundleIds: readonly string[] } | { status: "revoked" };

/** A program that acts as a user. */
export const client: Decider<ClientCommand, ClientEvent, Client> = {
  key: "clientId",
  initialState: { status: "absent" },
  decide: {
    CreateClient: (command, { status }) => (status === "absent" ? [{ ...command, type: "ClientCreated", secretHash: "" }] : []),
    LimitClient: ({ clientId, actionBundleIds }, state) => {
      if (state.status !== "active") return missing(clientId);
      const wanted = [...new Set(actionBundleIds)].toSorted();
      return wanted.join(" ") === state.actionBundleIds.join(" ") ? [] : [{ type: "ClientLimited", clientId, actionBundleIds: wanted }];
    },
    RevokeClient: ({ clientId }, { status }) =>
      status === "active" ? [{ type: "ClientRevoked", clientId }] : status === "revoked" ? [] : missing(clientId),
  },
  evolve: {
    ClientCreated: () => ({ status: "active", actionBundleIds: [] }),
    ClientLimited: (_, { actionBundleIds }) => ({ status: "active", actionBundleIds }),
    ClientRevoked: () => ({ status: "revoked" }),
  },
};

const missing = (clientId: string) => ({ rejected: `there is no client ${clientId}, or it was revoked`, kind: "notFound" }) as const;

export type ClientSecretCommand = { type: "SetClientSecret"; clientId: string; secretHash: string };

/** The secret of a client, apart from the client's own events. It never changes. */
export const clientSecret: Decider<ClientSecretCommand, ClientSecretEvent, { readonly isSet: boolean }> = {
  key: "clientId",
  initialState: { isSet: false },
  decide: { SetClientSecret: (command, { isSet }) => (isSet ? [] : [{ ...command, type: "ClientSecretSet" }]) },
  evolve: { ClientSecretSet: () => ({ isSet: true }) },
};
