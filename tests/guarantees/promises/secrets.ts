import { type Section, tests } from "../promise.ts";

const sealing = "services/chassis/sealing.test.ts";

export const secrets: Section = {
  title: "Secrets, blobs and wires",
  promises: [
    {
      id: "secrets",
      promise: "A secret is nowhere in clear: not in an event, a log or an answer.",
      how: "sealed at the edge, before the decision",
      keptBy: ["services/chassis/http/edge.ts", "services/chassis/access/sealing.ts"],
      proofs: [
        ...tests(sealing, "the same secret is never sealed to the same text, and neither it nor its key is on the log in clear"),
        ...tests("services/account/token.test.ts", "no answer and no event shows a secret in clear"),
        ...tests("services/app/http.test.ts", "a repository's password is shown to nobody and opens the repository"),
        ...tests("services/chassis/config.test.ts", "no complaint repeats a secret"),
      ],
    },
    {
      id: "keys",
      promise: "Keys can be rotated, and a destroyed key makes what it sealed unreadable for ever.",
      how: "data keys, wrapped by the platform's key, on a compacted topic",
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
      id: "blobs",
      promise: "A blob is what its digest says, whoever fetches it, and only the platform fetches it.",
      how: "content-addressed; checked where it is stored and where it is fetched",
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
      id: "wires",
      promise: "A secured wire lets in nobody without certificate and password, and takes renewed certificates.",
      how: "every wire's certificates are read in one place and asked for with every new connection",
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
