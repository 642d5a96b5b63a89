import type { Decider } from "../../../events/index.ts";
import type { ClientEvent } from "../../../schemas/generated/events.ts";

export type ClientCommand = {
  type: "CreateClient";
  clientId: string;
  userId: string;
  secretHash: string;
  owner: string;
  ownerPath: string;
};
export type Client = { status: "absent" } | { status: "active" };

/** Credentials with which a program acts as a user. */
export const client: Decider<ClientCommand, ClientEvent, Client> = {
  key: "clientId",
  initialState: { status: "absent" },
  decide: {
    CreateClient: (command, { status }) => (status === "absent" ? [{ ...command, type: "ClientCreated" }] : []),
  },
  evolve: { ClientCreated: () => ({ status: "active" }) },
};
