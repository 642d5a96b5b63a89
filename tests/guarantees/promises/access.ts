import { type Section, tests } from "../promise.ts";

const attacks = tests("attack/short.test.ts", "the attacks that take little time are refused by the platform over HTTP");

export const access: Section = {
  title: "Access, sessions and strangers",
  promises: [
    {
      id: "rows-in-reach",
      promise: "An operation reaches the rows that docs/access.md says, and no others.",
      how: "needs, reads, pages and joins name one of a closed set of rules, which are conditions on documents",
      keptBy: ["services/chassis/access/access.ts", "services/chassis/access/rules.ts", "services/chassis/http/needs.ts"],
      proofs: [
        ...tests(
          "access/access.test.ts",
          "every operation has one line, and every line is an operation",
          "who may call an operation, and at which level, is as the page says, for every bundle at every level",
          "whose rows an operation reaches is as the page says",
        ),
        ...tests("access/over-http.test.ts", "what docs/access.md refuses is refused by the platform over HTTP: cells at random"),
        ...attacks,
      ],
    },
    {
      id: "ownership",
      promise: "Who leaves a group reaches none of its rows; a resource's nodes, jobs and tasks are its owner's, whoever asked for them.",
      how: "a row names the group that it was made in, and each query asks who is in it or above it now",
      keptBy: ["services/chassis/access/ownership.ts", "services/chassis/access/access.ts", "services/chassis/access/identity.ts"],
      proofs: [
        ...tests(
          "services/ownership.test.ts",
          "who leaves a vendor leaves the rows there, finds them again on coming back, and keeps those of no group",
          "a person counts as one of all their groups, and of none that they have left",
          "what belongs to a cluster is its owner's, whoever asked for it",
          "a group that moves takes its rows and those below along, and a deleted one leaves them to the groups above",
        ),
        ...attacks,
      ],
    },
    {
      id: "power",
      promise: "Nobody acts on, makes or becomes somebody whose power is above their own.",
      how: "every command of an account row is judged by what it does to people, before it is carried out",
      keptBy: ["services/chassis/access/power.ts", "services/account/http/consequences.ts", "services/account/http/powers.ts"],
      proofs: [
        ...tests(
          "services/account/exploits.test.ts",
          "nobody begins a reset of an administrator's password with their own",
          "a role with all modules makes no administrator, neither of its owner nor of others",
          "nobody changes, strips or deletes an administrator, not even another one; system does",
          "nobody puts themselves or others into a group that is not theirs",
          "of two requests at once that are too much together, one is refused",
        ),
        ...attacks,
      ],
    },
    {
      id: "fixed-content",
      promise: "What others run was released as it was reviewed, whatever its owner uploads or lists later.",
      how: "a version has the content of its owner, the submitted and the released one; a cluster keeps its digest",
      keptBy: ["services/app/domain", "services/cluster/http.ts"],
      proofs: [
        ...tests(
          "services/app/content.test.ts",
          "what is listed during a review is its owner's only: what was submitted is reviewed and released",
          "a release publishes what was submitted since, and until then the store keeps what it has",
          "a version leaves the store when it is suspended, rejected or deleted",
        ),
        ...attacks,
      ],
    },
    {
      id: "sessions",
      promise:
        "Signing out makes the tokens of a session useless, a new password all tokens; a replaced refresh token ends its session, and a token alone sets no password.",
      how: "each use of a refresh token is a command of the session's stream; tokens name their session and the number of the password, and every service knows which sessions ended",
      keptBy: ["services/account/domain/session.ts", "services/account/http/tokens.ts", "services/account/http/users.ts"],
      proofs: [
        ...tests(
          "services/account/sessions.test.ts",
          "a token that is used again later ends the session, for the thief and the robbed alike",
          "a new password ends every session, and makes every access token useless",
          "signing out takes the session's access tokens, at every service, and ends its streams; other sessions go on",
          "a deleted user is signed out",
        ),
        ...tests("services/account/users.test.ts", "who has somebody's token, and not their password, gets no password of theirs"),
        ...tests("services/account/clients.test.ts", "a revoked client gets no tokens, and those that it has are not good"),
        ...attacks,
      ],
    },
    {
      id: "guessing",
      promise:
        "Guesses of passwords and secrets are bounded, whatever headers say and whether the account exists, and nobody else waits for them.",
      how: "counted before they are checked, by account and address and by client; the gateway believes trusted proxies only",
      keptBy: ["services/chassis/access/guessing.ts", "services/account/http/guesses.ts", "services/api/caller-address.ts"],
      proofs: [
        ...tests(
          "services/account/guessing.test.ts",
          "sixty wrong secrets of a client: ten are checked, and nobody waits for them",
          "ten wrong passwords of an account from one address, then nobody signs in from there for a quarter of an hour",
          "an address that the gateway did not name is not believed",
          "an unknown account takes as long as a wrong password",
        ),
        ...tests(
          "services/api/caller-address.test.ts",
          "guesses count for the address that a trusted proxy names",
          "guesses count for the address of the connection where nobody is trusted",
        ),
      ],
    },
    {
      id: "strangers-bytes",
      promise: "A stranger's index, package, text or body costs bounded time and memory, and is refused before anything is committed.",
      how: "limits at each edge, linear readers, and worker processes that are killed",
      keptBy: ["services/packages", "services/chassis/process/workers.ts", "services/chassis/http/request.ts"],
      proofs: [
        ...tests(
          "limits/packages.test.ts",
          "whatever packages hold, reading them takes bounded time and memory, and no other request waits for it",
        ),
        ...tests(
          "limits/repository.test.ts",
          "whatever an index is, reading it takes bounded time and memory, and nothing else in the process waits for it",
        ),
        ...tests("schemas/limits.test.ts", "every text of every request has a bound: a length, a format or a closed set"),
        ...tests("limits/bodies.test.ts", "a body of nothing but values is refused before it is parsed"),
        ...attacks,
      ],
    },
    {
      id: "forgotten",
      promise:
        "What is known of a person stands nowhere in clear, and nobody can read it once the person is deleted, wherever it is stored.",
      how: "it is one secret in the events of a user, whose key is destroyed with the user; what earlier releases wrote in clear cannot be written again",
      keptBy: ["events/codec/strict.ts", "services/account/domain/personal-data.ts", "services/account/effects.ts"],
      proofs: [
        ...tests(
          "services/account/deleted-people.test.ts",
          "what is known of a person stands nowhere in clear, and is for nobody to read once it is replaced or deleted",
        ),
        ...tests(
          "services/account/earlier-people.test.ts",
          "a person of an earlier release is found, signs in and keeps the address; a change seals them, and a deletion ends it",
          "two changes of a person are both kept, or one of them is told to try again",
          "whoever looks while a person is changed sees them as they were or as they are, and never without a name",
        ),
        ...tests(
          "services/cli/operate.long.ts",
          "an operator looks at a platform, stops it, moves it to an empty Kafka and an empty store, and finds it equal there",
        ),
        ...tests(
          "services/api/personal.test.ts",
          "the gateway keeps answers for the time when a service is down, but none that tells of people",
        ),
        ...tests(
          "events/codec/secret.test.ts",
          "what names a person in events of earlier releases is read, and not written again",
          "every field that sounds like a person is sealed, or says that it is empty",
        ),
      ],
    },
    {
      id: "digests-open-nothing",
      promise: "Whoever knows the digest of somebody's package gets nothing by it.",
      how: "an archive is fetched anew from the repository that lists it, unless that one has listed it before",
      keptBy: ["services/repo/listing.ts"],
      proofs: [
        ...tests(
          "services/repo/resuming.test.ts",
          "whoever knows the digest of an archive of others gets nothing by naming it in an index of their own",
        ),
      ],
    },
    {
      id: "private-addresses",
      promise: "The platform reads no private address for a repository unless an operator allows it, however it is led there.",
      how: "addresses are judged when they are connected to, after each redirect",
      keptBy: ["services/chassis/process/addresses.ts", "services/repo/remote/read-file.ts"],
      proofs: [
        ...tests(
          "services/repo/read-file.test.ts",
          "who is at a public address is not led to a private one, however that is written, neither by number nor by name",
          "where one server is named, no other port of its machine is in bounds, also for redirects",
          "what is private",
        ),
        ...attacks,
      ],
    },
  ],
};
