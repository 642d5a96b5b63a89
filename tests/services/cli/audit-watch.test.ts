import assert from "node:assert/strict";
import { test } from "node:test";
import { account } from "../../../services/account/service.ts";
import { watchAudit } from "../../../services/chassis/operator/audit-run.ts";
import { connectPlatform, servicesClient } from "../../../services/cli/connection.ts";
import { readSetup } from "../../../services/cli/environment.ts";
import { servedWithAccounts } from "../../world/accounts.ts";

test("a watching audit reads each record once, and finds what is forged or changed by hand since it last looked", async () => {
  const world = await servedWithAccounts();
  const admin = await world.admin();
  const groups: string[] = [];
  for (const name of ["a", "b", "c", "d"]) groups.push((await admin.call("CreateGroup", { name })).body.group_id);
  const documents = () => world.databaseOf("account").models.get(world.of().instance.collections.of("groups") as string) ?? assert.fail();
  const { url, settings } = world.of();
  const platform = connectPlatform(
    readSetup({ PITRIX_SERVICES: `account=${url}`, PITRIX_SEALING_KEYS: settings.PITRIX_SEALING_KEYS }, "nowhere"),
  );
  let read = 0;
  const log = world.broker.connect();
  const counting = {
    ...log,
    read: (ranges: Parameters<typeof log.read>[0], handle: Parameters<typeof log.read>[1], signal: AbortSignal) =>
      log.read(
        ranges,
        (batch, inner) => {
          read += batch.records.length;
          return handle(batch, inner);
        },
        signal,
      ),
  };
  const means = {
    platform: servicesClient(platform),
    log: counting,
    loaded: [account],
    signal: new AbortController().signal,
    progress: () => {},
  };
  try {
    const look = watchAudit(means, { sample: 100 }, 4);
    const first = await look();
    assert.ok(first.records > 10 && read >= first.records);
    assert.deepEqual([first.findings, first.read_models?.findings], [[], []]);
    read = 0;
    const second = await look();
    assert.deepEqual([second.records, second.read_models?.documents, read], [0, 0, 0]);

    const [group_id = ""] = groups;
    await admin.call("ModifyGroup", { group_id, name: "watched" });
    const kept = documents().get(group_id) ?? assert.fail();
    documents().set(group_id, { ...kept, value: { ...kept.value, name: "forged" } });
    const [honest] = [...world.broker.contents().entries()].flatMap(([topic, partitions]) =>
      topic === "pitrix.group" ? partitions.flat().filter(({ key }) => key === `group/${groups[1]}`) : [],
    );
    if (!honest) return assert.fail();
    const version = 1_000;
    await log.publish([{ ...honest, headers: { ...honest.headers, ce_id: `${honest.key}@${version}`, ce_sequence: String(version) } }]);
    const third = await look();
    assert.ok(third.records >= 2 && third.records < first.records / 2, `${third.records} records were looked at`);
    assert.deepEqual(
      third.findings.map(({ kind, stream }) => [kind, stream]),
      [
        ["missing", honest.key],
        ["forged", honest.key],
      ],
    );
    assert.deepEqual(
      third.read_models?.findings.map(({ id, model }) => [id, model]),
      [[group_id, "groups"]],
    );
    documents().set(group_id, kept);
    assert.deepEqual((await look()).findings, [], "it is told once");
    assert.ok((await look()).records > 10, "the next part is looked at from its beginning");
  } finally {
    await platform.close();
    await world.stop();
  }
});
