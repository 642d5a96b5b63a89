import type { Decider } from "../../../events/index.ts";
import type { ClientEvent, ClientSecretEvent } from "../../../schemas/generated/events.ts";

export type ClientCommand = { type: "CreateClient"; clientId: string; userId: string; owner: string; ownerPath: string };
export type Client = { status: "absent" } | { status: "active" };

/** A program that acts as a user. */
export const client: Decider<ClientCommand, ClientEvent, Client> = {
  key: "clientId",
  initialState: { status: "absent" },
  decide: {
    CreateClient: (command, { status }) => (status === "absent" ? [{ ...command, type: "ClientCreated", secretHash: "" }] : []),
  },
  evolve: { ClientCreated: () => ({ status: "active" }) },
};

export type ClientSecretCommand = { type: "SetClientSecret"; clientId: string; secretHash: string };

/** The secret of a client, apart from the client's own events. It never changes. */
export const clientSecret: Decider<ClientSecretCommand, ClientSecretEvent, { readonly isSet: boolean }> = {
  key: "clientId",
  initialState: { isSet: false },
  decide: { SetClientSecret: (command, { isSet }) => (isSet ? [] : [{ ...command, type: "ClientSecretSet" }]) },
  evolve: { ClientSecretSet: () => ({ isSet: true }) },
};
