import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { readConfig } from "../../services/chassis/process/config.ts";
import { settings } from "../../services/repo/settings.ts";

const read = (environment: { readonly [name: string]: string }) => {
  const PITRIX_SEALING_KEYS = `k1:${randomBytes(32).toString("base64")}`;
  const config = readConfig({ KAFKA_BROKERS: "localhost:1", MONGODB_URL: "mongodb://localhost", PITRIX_SEALING_KEYS, ...environment }, [
    { name: "repo", place: 0, settings },
  ]);
  return { ...config, repo: config.settingsOf("repo") };
};

test("repositories are at public addresses unless private networks are named", () => {
  assert.deepEqual(read({}).repo.privateNetworks, []);
  assert.deepEqual(read({ PITRIX_REPO_PRIVATE_NETWORKS: "none" }).repo.privateNetworks, []);
  assert.deepEqual(read({ PITRIX_REPO_PRIVATE_NETWORKS: "all" }).repo.privateNetworks, "all");
  const named = read({ PITRIX_REPO_PRIVATE_NETWORKS: "10.0.0.0/8, ::1/128" });
  assert.deepEqual(named.repo.privateNetworks, ["10.0.0.0/8", "::1/128"]);
  const servers = read({ PITRIX_REPO_PRIVATE_NETWORKS: "127.0.0.1:8080,[::1]:80" });
  assert.deepEqual(servers.repo.privateNetworks, ["127.0.0.1:8080", "[::1]:80"]);
  for (const wrong of [
    "127.0.0.1:",
    "127.0.0.1:65536",
    "::1:80",
    "localhost:80",
    "[127.0.0.1]:80",
    "10.0.0.0",
    "10.0.0.0/33",
    "here",
    "10.0.0.0/8,all",
  ])
    assert.throws(() => read({ PITRIX_REPO_PRIVATE_NETWORKS: wrong }), /PITRIX_REPO_PRIVATE_NETWORKS is wrong/, wrong);
});

test("repositories are indexed again each day unless somebody says how often, and connections are counted", () => {
  assert.deepEqual([read({}).repo.indexSeconds, read({}).connections], [86_400, 10_000]);
  assert.equal(read({ PITRIX_REPO_INDEX_SECONDS: "3600" }).repo.indexSeconds, 3_600);
  assert.throws(() => read({ PITRIX_CONNECTIONS: "1" }), /PITRIX_CONNECTIONS is wrong/);
});
