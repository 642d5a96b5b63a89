import { type Section, tests } from "../promise.ts";

const sealing = "services/chassis/sealing.test.ts";

export const secrets: Section = {
  title: "Secrets, blobs and transport security",
  promises: [
    {
      id: "secrets",
      promise: "No event, log or answer contains a secret in clear text.",
      how: "a secret's field has a type that only the edge makes, and the codec takes nothing else for it",
      keptBy: ["events/codec/strict.ts", "services/chassis/http/edge.ts", "services/chassis/access/sealing.ts"],
      proofs: [
        ...tests(sealing, "the same secret is never sealed to the same text, and neither it nor its key is on the log in clear"),
        ...tests(
          "events/codec/secret.test.ts",
          "clear text in the place of a secret does not compile",
          "an event whose secret is not sealed is not written, and the complaint does not say the secret",
          "bytes that hold a secret in clear are refused by every reader, whichever version of the schema wrote them",
        ),
        ...tests("services/account/token.test.ts", "no answer and no event shows a secret in clear"),
        ...tests("services/repo/http.test.ts", "a repository's password is shown to nobody and opens the repository"),
        ...tests("services/chassis/config.test.ts", "no complaint repeats a secret"),
      ],
    },
    {
      id: "keys",
      promise: "Keys can be rotated, and secrets sealed with a destroyed key stay unreadable for ever.",
      how: "data keys are wrapped by the platform key and stored on a compacted topic",
      keptBy: ["services/chassis/access/sealing.ts"],
      proofs: tests(
        sealing,
        "after a rotation old secrets open, and are wrapped by the new key, so that the old one can go",
        "a secret whose key was destroyed is gone in every process, for ever",
        "a key that somebody wraps again while it is destroyed stays destroyed",
        "without the platform key nothing opens",
      ),
    },
    {
      id: "package-secrets",
      promise:
        "A password of an application reaches the processes that need it, and stands in no event, document, answer, log or command line.",
      how: "a marker travels in its place; the provider fills it in when a process starts",
      keptBy: ["services/packages/secrets.ts", "services/cluster/configured.ts", "services/providers/kit/secrets.ts"],
      proofs: [
        ...tests(
          "services/providers/local/secrets.integration.ts",
          "a password and a token reach the process that needs them, and nothing that travels, is stored or is shown holds them",
        ),
        ...tests(
          "services/packages/secrets.test.ts",
          "in whatever form, and however often, a password is given, the configuration does not hold it",
          "a password is checked before it is sealed, and no refusal repeats it",
          "an input that holds a marker is refused, wherever it stands",
        ),
        ...tests(
          "services/cluster/secrets.test.ts",
          "an input that holds a marker is refused, and so is a package that shows a password",
          "asterisks keep the password, another one takes its place, and asterisks of nothing are refused",
          "a key lives as long as its cluster may be rolled back to it, and dies with the cluster",
        ),
      ],
    },
    {
      id: "secret-location",
      promise: "A secret opens only as the field of the stream that it was sealed for, and not after it was replaced or deleted.",
      how: "the ciphertext authenticates key id, stream and field; an effect destroys the keys of what lapsed",
      keptBy: ["services/chassis/access/envelope.ts", "services/chassis/access/lapsed.ts"],
      proofs: [
        ...tests(
          sealing,
          "a secret opens only as the field of the stream that it was sealed for",
          "a text of version 1, which does not say where it belongs, opens where it was opened first, and nowhere else",
        ),
        ...tests(
          "services/runtime/http.test.ts",
          "the key of a content is destroyed when another takes its place, and with the credential",
        ),
      ],
    },
    {
      id: "blobs",
      promise: "A fetched blob always matches its digest, and only services of the platform can fetch it.",
      how: "blobs are content-addressed, and checked when they are stored and when they are fetched",
      keptBy: ["events/mongo/blobs.ts", "services/chassis/process/client.ts"],
      proofs: [
        ...tests("contract/blobs.ts", "bytes come back by their digest, whatever their size"),
        ...tests("events/mongo/blobs.integration.ts", "a put that died half-way leaves no blob, and the next put completes it"),
        ...tests(
          "services/chassis/blobs.test.ts",
          "a service of the platform fetches bytes by digest, from whichever instance has them, and keeps them",
          "nobody else fetches blobs, not even with a user's token",
          "other bytes than the digest's are refused, and failures from 500 on are thrown",
        ),
      ],
    },
    {
      id: "public-topics",
      promise: "A third party's user reads only topics that say they are public, and these neither name nor authenticate a person.",
      how: "an aggregate is closed unless its service says `public`; rights on Kafka and the AsyncAPI document are made of that",
      keptBy: ["services/chassis/acls.ts", "services/cli/asyncapi.ts"],
      proofs: [
        ...tests(
          "services/chassis/acls.test.ts",
          "a third party reads the events of public aggregates only: who says nothing keeps an aggregate to the platform",
          "what third parties may read is written down: nothing of it names or authenticates a person, is a key, or is of the platform itself",
        ),
        ...tests(
          "infra/platform/kafka.integration.ts",
          "a third party reads events with SCRAM in groups of its name, and neither keys nor in a service's place",
        ),
        ...tests(
          "services/cli/asyncapi.test.ts",
          "the AsyncAPI document has exactly the topics that third parties may read, with every event in its newest version",
        ),
      ],
    },
    {
      id: "kafka-access",
      promise: "Only a service writes its topics, and what is forged all the same is refused, ignored or found.",
      how: "a user a service, whose rights follow from its tables; signed announcements; the audit asks the owner's store",
      keptBy: [
        "services/chassis/acls.ts",
        "infra/embedded/kafka",
        "services/chassis/process/announcement.ts",
        "events/subscription/audit.ts",
      ],
      proofs: [
        ...tests(
          "infra/platform/kafka.integration.ts",
          "who does not log in can neither produce, nor consume, nor administer, at the brokers' port or the controllers'",
          "a service writes its own topics, and no other's",
          "a service reads what its tables read, in its own groups only",
          "a third party reads events with SCRAM in groups of its name, and neither keys nor in a service's place",
          "passwords are in files that only their owner reads, and in no arguments",
        ),
        ...tests(
          "services/chassis/discovery.test.ts",
          "what the platform has not signed is ignored: an instance, an address for a known one, its goodbye, and an old beat",
        ),
        ...tests(
          sealing,
          "a service opens the secrets of another and destroys only its own; what a topic says of a foreign key does not count",
        ),
        ...tests("events/subscription/delivered.test.ts", "an event of another aggregate is none of this topic, whatever its headers say"),
        ...tests(
          "services/cli/audit.test.ts",
          "the audit names an event on the log that its service has not decided, whoever it makes an administrator",
        ),
      ],
    },
    {
      id: "transport-security",
      promise: "A secured connection accepts only clients with certificate and password, and uses renewed certificates.",
      how: "one place reads the certificates of all connections; every new connection uses the current ones",
      keptBy: ["services/chassis/process/tls"],
      proofs: [
        ...tests(
          "services/chassis/tls/service.integration.ts",
          "a platform answers with every wire secured, lets in nobody else, and takes renewed certificates",
        ),
        ...tests("services/chassis/tls/server.test.ts", "who shows a certificate of the platform's authority is let in, and nobody else"),
        ...tests("services/chassis/tls/kafka.integration.ts", "a plaintext client gets nothing"),
        ...tests("services/chassis/tls/store.integration.ts", "a plaintext client is not answered"),
        ...tests(
          "services/chassis/tls/tokens.test.ts",
          "every kind of route refuses who has no token, a torn one or a user's that does not count there",
        ),
      ],
    },
  ],
};
