import { eventually } from "../../eventually.ts";
import { type OpenStream, openStream } from "../../world/event-stream.ts";
import { ok } from "../../world/requests.ts";
import type { Attack } from "../attack.ts";
import type { Person, Scene } from "../scene.ts";

const LONG_AGO = "2020-01-01T00:00:00Z";
type Query = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

/** Opens a stream of events. */
const streamOf = ({ target }: Scene, token: string, query: Query = {}, headers = {}): Promise<OpenStream> =>
  openStream(`${target.url}/v1/events?${new URLSearchParams(query as Record<string, string>)}`, {
    authorization: `Bearer ${token}`,
    ...headers,
  });
const runtimeOf = async ({ credential, runtime }: Scene, by: Person): Promise<string> => runtime(by, await credential(by));
/** The last id, once there is one. */
const idOf = ({ lastId }: OpenStream): Promise<string> => eventually("the stream has an id", () => lastId() || undefined);
const eventOf = ({ messages }: OpenStream, id: string) => messages.find(({ data }) => data?.id === id);

/** What streams of events show, to whom, and until when. */
export const streams: readonly Attack[] = [
  {
    class: "streams",
    name: "read another user's events by filters, times and ids of theirs",
    has: "user, who knows the ids, requests and stream of another",
    holds: "a stream shows what its caller may see, whatever is asked for",
    run: async (scene, { holds, control }) => {
      const { people } = scene;
      const [owner, user] = [await people.user(), await people.otherUser()];
      const watched = await streamOf(scene, owner.accessToken);
      const foreignId = await idOf(watched);
      const theirs = `runtime/${await runtimeOf(scene, owner)}`;
      await watched.shows(`${theirs}@1`);
      const request = String(eventOf(watched, `${theirs}@1`)?.data.correlationid);
      const mine = `runtime/${await runtimeOf(scene, user)}`;
      const own = await streamOf(scene, user.accessToken, { since: LONG_AGO });
      await own.shows(`${mine}@1`);
      const ownRequest = String(eventOf(own, `${mine}@1`)?.data.correlationid);
      await own.leave();
      const asked: readonly (readonly [what: string, query: Query, headers?: object])[] = [
        ["everything since ever", { since: LONG_AGO }],
        [
          "their subject",
          [
            ["since", LONG_AGO],
            ["subject", theirs],
            ["subject", mine],
          ],
        ],
        ["their type", { since: LONG_AGO, type: "RuntimeCreated" }],
        [
          "their request",
          [
            ["since", LONG_AGO],
            ["correlation", request],
            ["correlation", ownRequest],
          ],
        ],
        ["after their last message", {}, { "last-event-id": foreignId }],
      ];
      for (const [what, query, headers] of asked) {
        const stream = await streamOf(scene, user.accessToken, query, headers);
        await stream.shows(`${mine}@1`);
        await stream.leave();
        const foreign = stream.messages.filter(({ data }) => data?.subject === theirs || data?.data?.owner === owner.userId);
        holds(what, foreign.length === 0, JSON.stringify(foreign).slice(0, 100));
      }
      const again = await streamOf(scene, owner.accessToken, {}, { "last-event-id": foreignId });
      await again.shows(`${theirs}@1`);
      control("its owner reads it after the same message", again.ids().includes(`${theirs}@1`));
      await again.leave();
      await watched.leave();
    },
  },
  {
    class: "streams",
    name: "resume from a position that one has made up",
    has: "user with a Last-Event-ID of their own",
    holds: "only ids that the platform has made are read",
    run: async (scene, { holds, control }) => {
      const { accessToken } = await scene.people.user();
      const mine = await streamOf(scene, accessToken);
      const id = await idOf(mine);
      await mine.leave();
      const flipped = Buffer.from(id, "base64url");
      flipped[flipped.length - 20] = (flipped[flipped.length - 20] ?? 0) ^ 1;
      const forged = ["0", "pitrix.runtime 0", flipped.toString("base64url"), id.slice(4), `${id}AAAA`, "A".repeat(9_000)];
      for (const each of forged) {
        const stream = await streamOf(scene, accessToken, {}, { "last-event-id": each });
        holds(each.slice(0, 30), stream.response.status === 400, `${stream.response.status}`);
        await stream.leave();
      }
      const again = await streamOf(scene, accessToken, {}, { "last-event-id": id });
      control("the id as it was given", again.response.status === 200, `${again.response.status}`);
      await again.leave();
    },
  },
  {
    class: "streams",
    name: "go on reading after one has signed out, or lost one's role, password, client or account",
    has: "an open stream",
    holds: "a stream ends with the rights that opened it, and says why",
    long: true,
    run: async (scene, { holds, control }) => {
      const { people, somebody, login, tokensOf, stranger, bearer, target } = scene;
      const admin = await people.admin();
      const { id: client_id, secret: client_secret } = target.loginClient;
      const signedOut = async (leaver: Person) => {
        const { access_token, refresh_token } = await login(leaver.email, leaver.password);
        return { access_token, lose: () => stranger.call("RevokeToken", { client_id, client_secret, token: refresh_token }) };
      };
      const byClient = (lose: (client_id: string) => Promise<unknown>) => async (leaver: Person) => {
        const { client_id: id, client_secret: secret } = await ok(admin.call("CreateClient", { user_id: leaver.userId }));
        const { access_token } = await tokensOf({ id, secret }, { grant_type: "client_credentials" });
        return { access_token, lose: () => lose(id) };
      };
      const by = (operation: Parameters<typeof admin.call>[0], fields: (leaver: Person) => object) => async (leaver: Person) => ({
        access_token: leaver.accessToken,
        lose: () => admin.call(operation, fields(leaver)),
      });
      const ways = {
        "signed out": signedOut,
        "without a role": by("UnbindUserRole", ({ userId }) => ({ user_id: [userId], role_id: ["user"] })),
        "with another password": by("ModifyUser", ({ userId }) => ({ user_id: userId, password: "another good one" })),
        "with a limited client": byClient((id) => admin.call("LimitClient", { client_id: id, action_bundle_id: ["m0.f1.a3"] })),
        "with a revoked client": byClient((id) => admin.call("RevokeClients", { client_id: [id] })),
        deleted: by("DeleteUsers", ({ userId }) => ({ user_id: [userId] })),
      };
      const watching = await streamOf(scene, admin.accessToken);
      for (const [what, way] of Object.entries(ways)) {
        const leaver = await somebody("user");
        const runtime_id = await runtimeOf(scene, leaver);
        const { access_token, lose } = await way(leaver);
        const stream = await streamOf(scene, access_token, { since: LONG_AGO });
        await stream.shows(`runtime/${runtime_id}@1`);
        let isOver = false;
        void stream.reading.then(() => {
          isOver = true;
        });
        await lose();
        const isKnown = async () => (await bearer(access_token).call("DescribeWebhooks")).status !== 200;
        await eventually("the gateway knows", isKnown, 5_000).catch(() => undefined);
        // Rights are looked up again a second after the last look.
        let changes = 0;
        const goesOn = async () => {
          changes += 1;
          await ok(admin.call("ModifyRuntime", { runtime_id, name: `name ${changes}` }));
          return isOver;
        };
        await eventually("the stream ends", goesOn, 10_000).catch(() => undefined);
        const { event, data } = stream.messages.at(-1) ?? {};
        holds(what, isOver && event === "problem", `${isOver ? "it ended" : "it goes on"}: ${data?.details?.[0]?.error_name}`);
        await stream.leave();
        await watching.shows(`runtime/${runtime_id}@${changes + 1}`);
        control(
          `an administrator sees what happens to what is of somebody ${what}`,
          !stream.ids().includes(`runtime/${runtime_id}@${changes + 1}`),
        );
      }
      await watching.leave();
    },
  },
  {
    class: "streams",
    name: "open so many streams that others get none",
    has: "user",
    holds: "one user has a hundred streams at once",
    run: async (scene, { holds, control }) => {
      const [greedy, other] = [await scene.somebody("user"), await scene.people.otherUser()];
      const open = await Promise.all(Array.from({ length: 100 }, () => streamOf(scene, greedy.accessToken)));
      const more = await streamOf(scene, greedy.accessToken);
      holds("the 101st", more.response.status === 429, `${more.response.status}`);
      const theirs = await streamOf(scene, other.accessToken);
      control("another user's", theirs.response.status === 200, `${theirs.response.status}`);
      for (const each of [...open, more, theirs]) await each.leave();
    },
  },
];
