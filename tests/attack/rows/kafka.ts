import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { codec } from "../../../events/codec/codec.ts";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { recordsOf } from "../../../events/log/record.ts";
import { THIRD_PARTY } from "../../../infra/platform/kafka.ts";
import { OPERATOR } from "../../../services/chassis/acls.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { auditOf } from "../../../services/chassis/operator/audit.ts";
import { topicsFor } from "../../../services/chassis/operator/events.ts";
import { readRecords } from "../../../services/chassis/operator/reading.ts";
import { INSTANCES_TOPIC } from "../../../services/chassis/process/discovery.ts";
import { connectPlatform, servicesClient } from "../../../services/cli/connection.ts";
import { readSetup } from "../../../services/cli/environment.ts";
import { services } from "../../../services/index.ts";
import { commitOf } from "../../contract/commits.ts";
import { eventually } from "../../eventually.ts";
import { clientOf, consuming, isRefusal, producing } from "../../world/kafka-client.ts";
import type { Attack } from "../attack.ts";
import type { Scene } from "../scene.ts";
import type { Processes } from "../target.ts";

const processesOf = ({ inside }: Scene): Processes => {
  const { processes } = inside();
  if (!processes) throw new Error("there are no processes");
  return processes;
};
const saidBy = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 120) : String(error ?? "it was taken"));

/** Every record of the events' topics, as an operator reads them, and the findings of `pitrix audit`. */
const audited = async (scene: Scene) => {
  const { kafka, sealingKeys } = processesOf(scene);
  const operationsUrls = scene.inside().services.map(({ name, operationsUrl }) => `${name}=${operationsUrl}`);
  const platform = connectPlatform(readSetup({ PITRIX_SERVICES: operationsUrls.join(","), PITRIX_SEALING_KEYS: sealingKeys }, "nowhere"));
  const log = kafkaLog({ ...kafka.as(OPERATOR), clientId: "attack" });
  try {
    const { take, finish } = await auditOf(servicesClient(platform), await loadServices(services));
    await readRecords(log, { topics: topicsFor({}) }, new AbortController().signal, take);
    return await finish();
  } finally {
    await Promise.all([log.close(), platform.close()]);
  }
};

/** The log of events, for everybody who reaches its port. */
export const kafka: readonly Attack[] = [
  {
    class: "kafka",
    name: "read, write or administer without a login, at the brokers' port or the controllers'",
    has: "a way to Kafka's ports",
    holds: "nobody gets in without a login",
    needs: "processes",
    run: async (scene, { holds, control }) => {
      const { kafka } = processesOf(scene);
      const nobody = { brokers: kafka.administrator.brokers };
      const wrong = { ...nobody, sasl: { mechanism: "plain", username: "account", password: "guessed" } } as const;
      for (const [what, connection] of [
        ["without a login", nobody],
        ["with a guessed password", wrong],
      ] as const) {
        const produced = await producing(connection, "pitrix.user");
        holds(`write ${what}`, produced instanceof Error, saidBy(produced));
      }
      const consumed = await consuming(nobody, "pitrix.user", "anybody");
      holds("read", consumed instanceof Error, saidBy(consumed));
      for (const brokers of [nobody.brokers, [kafka.controller]]) {
        const admin = clientOf({ brokers }).admin();
        const listed = await admin
          .connect()
          .then(() => admin.listTopics())
          .catch((error: unknown) => error);
        holds(`list the topics at ${brokers}`, !Array.isArray(listed), saidBy(listed));
        await admin.disconnect();
      }
      const read = await consuming(kafka.as(THIRD_PARTY), "pitrix.category", `${THIRD_PARTY}.attack`);
      control("who has a login reads", typeof read === "string", saidBy(read).slice(0, 20));
    },
  },
  {
    class: "kafka",
    name: "write or read beyond one's own topics with a service's, the command's or a reader's login",
    has: "the Kafka password of one service, of the command, or of a third party",
    holds: "a user's rights follow from its tables",
    needs: "processes",
    run: async (scene, { holds, control }) => {
      const { as } = processesOf(scene).kafka;
      const writes = [
        ["repo", "pitrix.user"],
        ["repo", "pitrix.keys.account"],
        ["cluster", "pitrix.app"],
        [OPERATOR, "pitrix.user"],
        [THIRD_PARTY, "pitrix.user"],
      ] as const;
      for (const [user, topic] of writes) {
        const error = await producing(as(user), topic);
        holds(`${user} writes ${topic}`, isRefusal(error, "TOPIC_AUTHORIZATION_FAILED"), saidBy(error));
      }
      for (const topic of [
        "pitrix.user",
        "pitrix.group",
        "pitrix.password",
        "pitrix.clientSecret",
        "pitrix.session",
        "pitrix.keys.account",
      ]) {
        const read = await consuming(as(THIRD_PARTY), topic, `${THIRD_PARTY}.attack`);
        holds(`${THIRD_PARTY} reads ${topic}`, isRefusal(read, "TOPIC_AUTHORIZATION_FAILED"), saidBy(read));
      }
      const inGroup = await consuming(as("repo"), "pitrix.user", "pitrix.account.users__v1");
      holds("repo takes the place of account", isRefusal(inGroup, "GROUP_AUTHORIZATION_FAILED"), saidBy(inGroup));
      const admin = clientOf(as("repo")).admin();
      await admin.connect();
      const deleted = await admin.deleteTopics({ topics: ["pitrix.repo"] }).catch((error: unknown) => error);
      holds("repo deletes its topic", deleted instanceof Error, saidBy(deleted));
      await admin.disconnect();
      const read = await consuming(as(THIRD_PARTY), "pitrix.category", `${THIRD_PARTY}.attack-2`);
      control("a third party reads public events", typeof read === "string", saidBy(read).slice(0, 20));
    },
  },
  {
    class: "kafka",
    name: "find hashes of passwords and secrets among what other services read",
    has: "the Kafka passwords of all services but one",
    holds: "hashes are on internal topics only",
    needs: "processes",
    run: async (scene, { holds, control }) => {
      const { kafka } = processesOf(scene);
      await scene.somebody("user");
      const texts = async (user: string, topics: readonly string[]): Promise<string> => {
        const log = kafkaLog({ ...kafka.as(user), clientId: "attack" });
        const found: string[] = [];
        await readRecords(
          log,
          { topics },
          new AbortController().signal,
          ({ value }) => void found.push(Buffer.from(value ?? []).toString("latin1")),
        );
        await log.close();
        return found.join("\n");
      };
      const open = topicsFor({}).filter((topic) => !/\.(password|clientSecret)$/.test(topic));
      const [seen, hidden] = [await texts(OPERATOR, open), await texts(OPERATOR, ["pitrix.password", "pitrix.clientSecret"])];
      holds("hashes", !seen.includes("scrypt$"), `${seen.length} bytes, none of them`);
      control(
        "they are on the topics that only the account service and operators read",
        hidden.includes("scrypt$"),
        `${hidden.length} bytes`,
      );
    },
  },
  {
    class: "kafka",
    name: "get requests by announcing an instance of a service",
    has: "the Kafka password of one service",
    holds: "an announcement without the platform's signature is ignored",
    needs: "processes",
    run: async (scene, { holds, control }) => {
      const { kafka } = processesOf(scene);
      let asked = 0;
      const server = createServer((_, response) => {
        asked += 1;
        response.setHeader("content-type", "application/json").end('{"total_count":1}');
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo; // A TCP server's address is one.
      try {
        const url = `http://127.0.0.1:${port}`;
        for (const value of [
          JSON.stringify({ service: "account", instance: "account-forged", url, at: Date.now() }),
          JSON.stringify({
            service: "account",
            instance: "account-forged",
            url,
            at: Date.now(),
            signature: "AAAA",
            mac: "AAAA",
            proof: "AAAA",
          }),
        ]) {
          const error = await producing(kafka.as("repo"), INSTANCES_TOPIC, "account-forged", value);
          control("the announcement was taken by Kafka", error === undefined, saidBy(error));
        }
        const { call } = await scene.people.user();
        const answers = [];
        for (let nth = 0; nth < 40; nth++) answers.push((await call("DescribeUsers")).status);
        holds(
          "requests of users",
          asked === 0 && answers.every((status) => status === 200),
          `${asked} of ${answers.length} came to the forged instance`,
        );
      } finally {
        server.close();
        server.closeAllConnections();
      }
    },
  },
  {
    class: "kafka",
    name: "make oneself an administrator by a forged event, and be found by nobody",
    has: "the Kafka password of the account service",
    holds: "`pitrix audit` names the forged event",
    needs: "processes",
    last: true,
    run: async (scene, { holds, control }) => {
      const { kafka } = processesOf(scene);
      const { userId } = await scene.somebody("user");
      const before = await audited(scene);
      control(
        "before, the audit finds nothing",
        before.findings.length === 0 && before.records > 0,
        `${before.records} records, ${JSON.stringify(before.findings.slice(0, 2))}`,
      );
      const event = { type: "UserRoleBound", userId, roleId: "global_admin" };
      const [record] = recordsOf(
        contract,
        "account",
        commitOf(`user/${userId}`, 7, { events: [codec(contract.schemas).encode("user", event)] }),
      );
      if (!record) throw new Error("there is no record");
      const log = kafkaLog({ ...kafka.as("account"), clientId: "attack" });
      await log.publish([record]);
      await log.close();
      const findings = await eventually("the audit reads the forged event", async () => {
        const found = (await audited(scene)).findings;
        return found.length > 0 && found;
      });
      const isNamed = findings.some((finding) => finding.kind === "forged" && finding.stream === `user/${userId}` && finding.version === 7);
      holds(
        "a role that the account service has not given",
        isNamed,
        isNamed ? "the audit names it" : JSON.stringify(findings.slice(0, 3)),
      );
    },
  },
];
