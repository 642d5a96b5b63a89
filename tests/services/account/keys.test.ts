import { test } from "node:test";
import type { SigningKeyEvent } from "../../../schemas/generated/events.ts";
import { client, clientSecret } from "../../../services/account/domain/client.ts";
import { signingKey } from "../../../services/account/domain/signing-key.ts";
import { sealedText } from "../../sealed.ts";
import { given } from "../../spec.ts";

const create = {
  type: "CreateClient",
  clientId: "client-1",
  userId: "usr-ada",
  owner: "usr-ada",
  ownerPath: ":usr-ada",
} as const;

test("a client is created once", () => {
  given(client)
    .when(create)
    .expect({ ...create, type: "ClientCreated", secretHash: "" });
  given(client, { ...create, type: "ClientCreated", secretHash: "" })
    .when(create)
    .expectNothing();
});
test("a client is limited, and revoked for good", () => {
  const created = { ...create, type: "ClientCreated", secretHash: "" } as const;
  const { clientId, userId } = create;
  const limit = (...actionBundleIds: readonly string[]) => ({ type: "LimitClient", clientId, userId, actionBundleIds }) as const;
  const limited = (...actionBundleIds: readonly string[]) => ({ type: "ClientLimited", clientId, actionBundleIds }) as const;
  const revoke = { type: "RevokeClient", clientId, userId } as const;
  const revoked = { type: "ClientRevoked", clientId } as const;
  given(client, created).when(limit()).expectNothing();
  given(client, created)
    .when(limit("m2.f1.a1", "m0.f9.a1", "m2.f1.a1"))
    .expect(limited("m0.f9.a1", "m2.f1.a1"));
  given(client, created, limited("m0.f9.a1")).when(limit("m0.f9.a1")).expectNothing();
  given(client, created, limited("m0.f9.a1")).when(limit()).expect(limited());
  given(client, created).when(revoke).expect(revoked);
  given(client, created, revoked).when(revoke).expectNothing();
  given(client, created, revoked)
    .when(limit())
    .expectRejection(/revoked/, { kind: "notFound" });
  for (const command of [limit(), revoke])
    given(client)
      .when(command)
      .expectRejection(/there is no client/, { kind: "notFound" });
});
test("the secret of a client never changes", () => {
  const set = { type: "SetClientSecret", clientId: "client-1", secretHash: "hash" } as const;
  given(clientSecret)
    .when(set)
    .expect({ ...set, type: "ClientSecretSet" });
  given(clientSecret, { ...set, type: "ClientSecretSet" })
    .when({ ...set, secretHash: "another" })
    .expectNothing();
});

const keyId = "key-1";
const announce = { type: "AnnounceSigningKey", keyId, publicJwk: "{}", sealedPrivateJwk: sealedText("sealed") } as const;
const announced: SigningKeyEvent = { ...announce, type: "SigningKeyAnnounced" };
const retired: SigningKeyEvent = { type: "SigningKeyRetired", keyId };

test("a signing key is announced once, and not again when it is retired", () => {
  given(signingKey).when(announce).expect(announced);
  given(signingKey, announced).when(announce).expectNothing();
  given(signingKey, announced, retired).when(announce).expectNothing();
});
test("a signing key is retired once", () => {
  const retire = { type: "RetireSigningKey", keyId } as const;
  given(signingKey, announced).when(retire).expect(retired);
  given(signingKey, announced, retired).when(retire).expectNothing();
  given(signingKey)
    .when(retire)
    .expectRejection(/there is no signing key/, { kind: "notFound" });
});
