import type { Decider } from "../../../events/index.ts";
import type { Sealed, SigningKeyEvent } from "../../../schemas/generated/events.ts";

export type SigningKeyCommand =
  | { type: "AnnounceSigningKey"; keyId: string; publicJwk: string; sealedPrivateJwk: Sealed }
  | { type: "RetireSigningKey"; keyId: string };
export type SigningKeyState = { status: "absent" } | { status: "announced" } | { status: "retired" };

/** A key pair: this service signs tokens with the private key, and every service verifies them with the public key. */
export const signingKey: Decider<SigningKeyCommand, SigningKeyEvent, SigningKeyState> = {
  key: "keyId",
  initialState: { status: "absent" },
  decide: {
    AnnounceSigningKey: (command, { status }) => (status === "absent" ? [{ ...command, type: "SigningKeyAnnounced" }] : []),
    RetireSigningKey: ({ keyId }, { status }) => {
      switch (status) {
        case "announced":
          return [{ type: "SigningKeyRetired", keyId }];
        case "retired":
          return [];
        default:
          return { rejected: `there is no signing key ${keyId}`, kind: "notFound" };
      }
    },
  },
  evolve: {
    SigningKeyAnnounced: () => ({ status: "announced" }),
    SigningKeyRetired: () => ({ status: "retired" }),
  },
};
