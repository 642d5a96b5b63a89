import { request } from "node:http";
import { operations } from "../../../schemas/generated/http.ts";
import type { Answer } from "../../world/requests.ts";
import { type Attack, shown } from "../attack.ts";

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** The status of the answer to a body that is posted from one of this machine's own addresses. */
const statusFrom = (localAddress: string, url: URL, body: object): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", localAddress, agent: false, headers: { "content-type": "application/json" } }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject).end(JSON.stringify(body));
  });

/** Passwords, secrets and accounts that are guessed. */
export const guessing: readonly Attack[] = [
  {
    class: "guessing",
    name: "guess a password, each time from an invented address",
    has: "nothing but the client for logins",
    holds: "ten wrong guesses, then 429 with Retry-After, whatever X-Forwarded-For says, and whether there is such an account",
    long: true,
    run: async ({ somebody, grant, target, fresh }, { holds, control }) => {
      const victim = await somebody("user");
      const guess = (username: string, password: string, nth: number) =>
        grant(
          target.loginClient,
          { grant_type: "password", username, password },
          { "x-forwarded-for": `192.0.2.${nth}`, forwarded: `for=192.0.2.${nth}` },
        );
      for (const username of [victim.email, `nobody-${fresh()}@attack.example`]) {
        const answers: Answer[] = [];
        for (let nth = 0; nth < 13; nth++) answers.push(await guess(username, `wrong ${nth}`, nth));
        const count = (status: number) => answers.filter((answer) => answer.status === status).length;
        const said = new Set(answers.filter(({ status }) => status === 403).map((answer) => JSON.stringify(answer.body)));
        holds("ten are checked and the rest is 429", count(403) === 10 && count(429) === 3, answers.map(({ status }) => status).join(" "));
        holds("all are refused alike", said.size === 1, [...said].join(" "));
        const limited = answers.find(({ status }) => status === 429);
        holds(
          "it says when to come again",
          Number(limited?.headers.get("retry-after")) > 0,
          `Retry-After ${limited?.headers.get("retry-after")}`,
        );
      }
      holds("the right password does not tell that it is right", (await guess(victim.email, victim.password, 99)).status === 429);
      const other = await somebody("user");
      const right = await guess(other.email, other.password, 1);
      control("somebody else signs in from the same address", right.status === 200, shown(right).slice(0, 40));
    },
  },
  {
    class: "guessing",
    name: "guess a password from many addresses, or lock its owner out by that",
    has: "nothing but a client for logins, and many addresses",
    holds: "fifty guesses an hour are checked from addresses that the owner never used, and the owner signs in from where they did before",
    long: true,
    run: async ({ somebody, people, grant, target, inside }, { holds, control }) => {
      inside();
      const victim = await somebody("user");
      const { body } = await (await people.admin()).call("CreateClient", { user_id: victim.userId });
      const { client_id, client_secret } = body;
      const guess = (nth: number) =>
        statusFrom(`127.0.${1 + (nth >> 7)}.${1 + (nth & 127)}`, new URL(operations.Token.path, target.url), {
          ...{ client_id, client_secret, grant_type: "password", username: victim.email, password: `wrong ${nth}` },
        });
      const statuses: number[] = [];
      for (let nth = 0; nth < 60; nth += 20)
        statuses.push(...(await Promise.all(Array.from({ length: 20 }, (_, each) => guess(nth + each)))));
      const checked = statuses.filter((status) => status === 403).length;
      holds(
        "fifty are checked and the rest is 429",
        checked === 50 && statuses.every((each) => [403, 429].includes(each)),
        statuses.join(" "),
      );
      const login = { grant_type: "password", username: victim.email, password: victim.password };
      const home = await grant(target.loginClient, login);
      holds("the owner signs in from where they did before", home.status === 200, shown(home).slice(0, 40));
      const other = await somebody("user");
      const right = await statusFrom("127.0.9.9", new URL(operations.Token.path, target.url), {
        ...{ client_id, client_secret, grant_type: "password", username: other.email, password: other.password },
      });
      control("somebody else signs in from a new address", right === 200, String(right));
    },
  },
  {
    class: "guessing",
    name: "tell accounts that exist by how long a wrong password takes",
    has: "nothing but the client for logins",
    holds: "an unknown account takes as long",
    long: true,
    run: async ({ somebody, grant, target, fresh }, { holds, control }) => {
      const taken = async (usernames: readonly string[]): Promise<number> => {
        const times: number[] = [];
        for (const username of usernames)
          times.push((await grant(target.loginClient, { grant_type: "password", username, password: "wrong" })).milliseconds);
        return median(times);
      };
      const people = [];
      for (let nth = 0; nth < 9; nth++) people.push(await somebody("user"));
      const known = await taken(people.map(({ email }) => email));
      const unknown = await taken(people.map(() => `nobody-${fresh()}@attack.example`));
      const figures = `${known.toFixed(0)} ms and ${unknown.toFixed(0)} ms`;
      holds("both take as long", unknown > known / 2 && unknown < known * 2, figures);
      control("a hash is slow", known > 10, figures);
    },
  },
  {
    class: "guessing",
    name: "make everybody wait by wrong secrets of a client",
    has: "nothing but a client's id",
    holds: "ten are checked, the rest is 429, and others sign in meanwhile",
    long: true,
    run: async ({ people, customRole: _, grant, target, somebody }, { holds, control }) => {
      const [admin, victim] = [await people.admin(), await somebody("user")];
      const { body } = await admin.call("CreateClient", { user_id: victim.userId });
      const wrong = Array.from({ length: 40 }, (_, nth) =>
        grant({ id: body.client_id, secret: `wrong ${nth}` }, { grant_type: "client_credentials" }),
      );
      const login = await grant(target.loginClient, { grant_type: "password", username: victim.email, password: victim.password });
      const answers = await Promise.all(wrong);
      const checked = answers.filter(({ status }) => status === 403).length;
      holds(
        "at most ten are checked",
        checked <= 10 && answers.every(({ status }) => [403, 429, 503].includes(status)),
        `${checked} are checked`,
      );
      holds("others wait for few of them", login.milliseconds < 5_000, `${login.milliseconds.toFixed(0)} ms`);
      control("somebody signs in meanwhile", login.status === 200, shown(login).slice(0, 40));
    },
  },
  {
    class: "guessing",
    name: "set a password that others guess first",
    has: "an administrator's token",
    holds: "passwords are long, and not among those that breaches know",
    run: async ({ people, fresh }, { refused, allowed }) => {
      const { call } = await people.admin();
      const create = (password: string) => call("CreateUser", { email: `${fresh()}@attack.example`, password, role_id: "user" });
      await refused("a short one", create("hunter2"), "400 password_too_short");
      for (const common of ["123456789012", "Password2026!"]) await refused("a common one", create(common), "400 password_too_common");
      await allowed("a long one", create(`a good password ${fresh()}`));
    },
  },
  {
    class: "guessing",
    name: "make the platform look for keys that nobody has",
    has: "nothing",
    holds: "a token with an invented key is refused at once",
    run: async ({ bearer, fresh, people }, { holds, allowed }) => {
      const token = () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        return `${part({ alg: "ES256", kid: `key-${fresh()}.${"a".repeat(16)}`, typ: "at+jwt" })}.${part({ sub: "system", exp: 4_000_000_000 })}.AAAA`;
      };
      const began = performance.now();
      const answers = await Promise.all(Array.from({ length: 50 }, () => bearer(token()).call("DescribeApps")));
      const took = performance.now() - began;
      holds(
        "all are 401",
        answers.every(({ status }) => status === 401),
        [...new Set(answers.map(({ status }) => status))].join(" "),
      );
      holds("fifty at once take less than what one may wait for a key", took < 2_000, `${took.toFixed(0)} ms`);
      await allowed("a good token", (await people.user()).call("DescribeApps"));
    },
  },
  {
    class: "guessing",
    name: "guess passwords while signed in",
    has: "an administrator's token, but no passwords",
    holds: "validating a password counts as a guess",
    long: true,
    run: async ({ people, somebody, grant, target }, { holds, allowed }) => {
      const [admin, victim] = [await people.admin(), await somebody("user")];
      const ask = (password: string) => admin.call("ValidateUserPassword", { email: victim.email, password });
      await allowed("the right one is validated", ask(victim.password));
      const answers: Answer[] = [];
      for (let nth = 0; nth < 12; nth++) answers.push(await ask(`wrong ${nth}`));
      const limited = answers.filter(({ status }) => status === 429).length;
      holds("after ten it is 429", limited === 2, answers.map(({ status }) => status).join(" "));
      const login = await grant(target.loginClient, { grant_type: "password", username: victim.email, password: "wrong" });
      holds("and the same count holds for logins", login.status === 429, shown(login));
    },
  },
];
