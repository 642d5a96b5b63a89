import assert from "node:assert/strict";
import { test } from "node:test";
import { commandWords } from "../../../services/packages/command.ts";
import { describeCluster, descriptionLimit, readPackage, render } from "../../../services/packages/devkit.ts";
import { readConfigurationSchema } from "../../../services/packages/devkit-configuration.ts";
import type { JsonObject } from "../../../services/packages/json.ts";
import { filesOf } from "../../../services/packages/packages.ts";
import { archiveOf, configJson, devkitFiles, templateOf } from "./package-fixtures.ts";

const schema = readConfigurationSchema(configJson);
const renderNode = (node: JsonObject, user: JsonObject = {}) => {
  const [group] = render(templateOf(node), schema, user).nodes;
  assert.ok(group);
  return group;
};
const refused = (template: string, reason: RegExp, user: JsonObject = {}) =>
  assert.throws(() => render(template, schema, user), { name: "PackageError", file: "cluster.json.tmpl", message: reason });

test("a package is read: what it says of itself, its configuration, its template and its files", async () => {
  const tgz = await archiveOf(devkitFiles);
  const read = await readPackage(tgz);
  assert.deepEqual(read.metadata, {
    name: "shop",
    version: "1.0.0",
    appVersion: "2.1",
    versionName: "1.0.0 [2.1]",
    description: "",
    home: "",
    icon: "",
    maintainers: [
      { name: "shop team", email: "", url: "" },
      { name: "somebody", email: "", url: "" },
    ],
    screenshots: [],
    keywords: ["a"],
    sources: [],
  });
  assert.equal(read.template, devkitFiles["shop/cluster.json.tmpl"]);
  assert.equal(read.configJson, configJson);
  assert.deepEqual([...(await filesOf(tgz, "vmbased")).keys()], ["bin/run.sh", "cluster.json.tmpl", "config.json", "package.json"]);
  assert.match(read.digest, /^[0-9a-f]{64}$/);
});

test("a second folder in the archive does not matter", async () => {
  const tgz = await archiveOf({ "__MACOSX/._config.json": "x", ...devkitFiles });
  const [{ metadata }, files] = [await readPackage(tgz), await filesOf(tgz, "vmbased")];
  assert.deepEqual([metadata.name, files.has("config.json"), files.size], ["shop", true, 4]);
});

const brokenPackages: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[] = [
  ["without package.json", { "shop/package.json": undefined }, /no package.json/],
  ["without config.json", { "shop/config.json": undefined }, /no config.json/],
  ["without cluster.json.tmpl", { "shop/cluster.json.tmpl": undefined }, /no cluster.json.tmpl/],
  ["whose package.json is in no folder", { "package.json": "{}" }, /package.json is not in a folder/],
  ["whose package.json is no JSON", { "shop/package.json": "{" }, /package.json is not JSON/],
  ["whose package.json is a list", { "shop/package.json": "[]" }, /package.json is not an object/],
  ["without a name", { "shop/package.json": '{"name":" ","version":"1"}' }, /package.json has no name/],
  ["without a version", { "shop/package.json": '{"name":"a"}' }, /package.json has no version/],
  ["with a broken config.json", { "shop/config.json": "{" }, /config.json is not JSON/],
  [
    "whose template does not render with the defaults",
    { "shop/cluster.json.tmpl": templateOf({ count: "{{env.secret}}" }) },
    /nodes\[0\].count must be integer/,
  ],
];
for (const [name, change, reason] of brokenPackages) {
  test(`a package ${name} is refused`, async () => {
    const files = Object.entries({ ...devkitFiles, ...change }).flatMap(([path, text]) =>
      text === undefined ? [] : [[path, text] as const],
    );
    await assert.rejects(async () => readPackage(await archiveOf(Object.fromEntries(files))), { name: "PackageError", message: reason });
  });
}

test("a package without files is refused", () => assert.rejects(async () => readPackage(await archiveOf({})), /the archive is empty/));

test("configuration and template together stay within 256 KiB", async () => {
  const room = descriptionLimit - configJson.length;
  const padded = (size: number) => archiveOf({ ...devkitFiles, "shop/cluster.json.tmpl": templateOf().padEnd(size) });
  await readPackage(await padded(room));
  await assert.rejects(async () => readPackage(await padded(room + 1)), { name: "PackageError", message: /together larger than 256 KiB/ });
});

test("values take the places of their keys: text quoted, numbers and booleans bare", () => {
  const env = { name: "{{cluster.name}}", load: "{{env.load}}", on: "{{env.web.console.enabled}}", tags: "{{env.tags}}" };
  const user = { cluster: { name: 'x"y\\z' }, env: { tags: ['x"y\\z\n', "b"], "web.console.enabled": true } };
  assert.deepEqual(render(templateOf({}, { env }), schema, user).env, { name: 'x"y\\z', load: 0.5, on: true, tags: ['x"y\\z\n', "b"] });
});

test("the leading dot of older packages, blanks and bare placeholders are understood", () => {
  const template =
    '{"name":"{{.cluster.name}}","description":"","subnet":"{{ .cluster.subnet }}","nodes":[{"container":{"type":"lxc","image":"i"},"count":{{ cluster.web.count }}}]}';
  const cluster = render(template, schema, { cluster: { subnet: "n", web: { count: 4 } } });
  assert.deepEqual([cluster.name, cluster.subnet, cluster.nodes[0]?.count], ["shop", "n", 4]);
});

test("a value in the middle of a text is put in as it is", () => {
  assert.equal(render(templateOf({}, { description: "{{cluster.name}} has {{cluster.web.count}}" }), schema, {}).description, "shop has 1");
});

test("a value never adds structure, and is not taken for a template", () => {
  const hostile = '", "nodes": [], "x": "{{env.secret}}';
  const cluster = render(templateOf({}, { description: "a {{cluster.name}}" }), schema, { cluster: { name: hostile } });
  assert.equal(cluster.name, hostile);
  assert.equal(cluster.description, `a ${hostile}`);
  assert.equal(cluster.nodes.length, 1);
});

test("a value in a command stays one word", () => {
  const hostile = "x; rm -rf / 'y' \"z\" $(w)";
  const { services } = renderNode(
    { services: { start: { cmd: "run  --name={{ cluster.name }} {{cluster.web.count}} 'as it is'" } } },
    { cluster: { name: hostile } },
  );
  assert.deepEqual(commandWords(services.start?.command ?? ""), ["run", `--name=${hostile}`, "1", "as it is"]);
});

test("a value in quotes in a command does not leave them", () => {
  const { services } = renderNode({ services: { start: { cmd: "run '{{cluster.name}}'" } } }, { cluster: { name: "it's" } });
  assert.deepEqual(commandWords(services.start?.command ?? ""), ["run", "it's"]);
});

test("what the user sets beyond the schema reaches the template", () => {
  assert.equal(render(templateOf({}, { description: "{{extra.note}}" }), schema, { extra: { note: "n" } }).description, "n");
});

test("a key without a value is told", () => {
  refused(templateOf({}, { description: "{{cluster.nothing}}" }), /description must be string \(no value for cluster.nothing\)/);
  refused(templateOf({}, { description: "a {{cluster.nothing}}" }), /the setting cluster.nothing has no value/);
});

test("what does not render to a cluster is refused, with the place", () => {
  refused("", /cluster.json.tmpl is not JSON/);
  refused('{ "name": "{{cluster.name}}", ', /cluster.json.tmpl is not JSON/);
  refused("[]", /the cluster must be object/);
  refused("{}", /the cluster has no name; the cluster has no description; the cluster has no subnet; the cluster has no nodes/);
  refused(templateOf({}, { colour: "red" }), /the cluster has the unknown property colour/);
  refused(templateOf({ colour: "red" }), /nodes\[0\] has the unknown property colour/);
  refused(templateOf({ count: 201 }), /nodes\[0\].count must be <= 200/);
  refused(templateOf({ count: -1 }), /nodes\[0\].count must be >= 0/);
  refused(templateOf({ replica: 21 }), /nodes\[0\].replica must be <= 20/);
  refused(templateOf({ container: { type: "vm", image: "x" } }), /nodes\[0\].container.type must be one of kvm, docker, lxc, bm/);
  refused(templateOf({ container: { type: "kvm" } }), /nodes\[0\].container has no image/);
  refused(templateOf({ volume: { filesystem: "fat" } }), /filesystem must be one of ext4, xfs, ntfs/);
  refused(templateOf({ volume: { mount_point: "data" } }), /mount_point must match/);
  refused(templateOf({ vertical_scaling_policy: "none" }), /must be one of sequential, parallel/);
  refused(templateOf({ server_id_upper_bound: 0 }), /server_id_upper_bound must be >= 1/);
  refused(templateOf({}, { advanced_actions: ["fly"] }), /advanced_actions\[0\] must be one of/);
  refused(templateOf({}, { endpoints: { http: { port: 0 } } }), /endpoints.http.port must be >= 1/);
});

test("services must have a command that says something, and a timeout of at most a day", () => {
  refused(templateOf({ services: { start: {} } }), /nodes\[0\].services.start has no cmd/);
  refused(templateOf({ services: { start: { cmd: "  " } } }), /services.start.cmd must match/);
  refused(templateOf({ services: { start: { cmd: "x", timeout: 86401 } } }), /timeout must be <= 86400/);
  refused(templateOf({ services: { start: { cmd: "x", pre_check: "y" } } }), /unknown property pre_check/);
  refused(templateOf({ services: { flush: {} } }), /services.flush has no cmd/);
});

test("templates that are more than keys, name properties or nest without end are refused", () => {
  refused(templateOf({}, { description: "{{if .x}}" }), /only the key of a setting/);
  refused(templateOf({}, { description: "{{}}" }), /only the key of a setting/);
  refused(templateOf({}, { env: { "{{cluster.name}}": 1 } }), /a value cannot name a property/);
  refused(templateOf({}, { env: JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`) }), /nested too deep/);
});

test("a role may be there once only, as replica too", () => {
  const role = (name: string, more = {}) => ({ role: name, container: { type: "kvm", image: "i" }, count: 1, ...more });
  refused(templateOf({}, { nodes: [role("a"), role("a", { cpu: 2 })] }), /the role "a" is defined twice/);
  refused(templateOf({}, { nodes: [role("a", { replica: 1 }), role("a-replica")] }), /the role "a-replica" is defined twice/);
  assert.equal(render(templateOf({}, { nodes: [role("a"), role("a-replica")] }), schema, {}).nodes.length, 2);
});

test("defaults: volume, order, timeout, policy, replica role", () => {
  const group = renderNode({ services: { start: { cmd: "run" } } });
  assert.deepEqual(group, {
    role: "web",
    replicaRole: "web-replica",
    count: 1,
    replica: 0,
    container: { type: "kvm", image: "node" },
    volume: { size: 20, mountPoints: ["/data"], mountOptions: "defaults,noatime", filesystem: "ext4" },
    verticalScalingPolicy: "parallel",
    loadbalancer: [],
    env: {},
    services: { start: { command: "run", order: 0, timeout: 600, postStartService: false, postStopService: false, parameters: {} } },
  });
});

test("everything the format knows is described", () => {
  const health_check = {
    enable: true,
    interval_sec: 5,
    timeout_sec: 3,
    action_timeout_sec: 9,
    healthy_threshold: 1,
    unhealthy_threshold: 4,
    check_cmd: "check",
    action_cmd: "act",
  };
  const monitor = { enable: true, cmd: "measure", items: { load: { unit: "%" } }, groups: {}, display: ["load"], alarm: [] };
  const node = {
    cpu: 2,
    gpu: 1,
    memory: 2048,
    instance_type: "m5.large",
    replica: 2,
    volume: { size: 50, mount_point: ["/a", "/b"], mount_options: "ro", filesystem: "xfs" },
    server_id_upper_bound: 255,
    vertical_scaling_policy: "sequential",
    loadbalancer: [{ listener: "l", port: 80 }],
    env: { a: "{{cluster.web.count}}" },
    services: {
      init: { cmd: "i", post_start_service: true, nodes_to_execute_on: 1, order: 3, timeout: 30 },
      scale_in: { cmd: "s", pre_check: "may" },
      destroy: { cmd: "d", post_stop_service: true },
      backup: {},
      flush: { cmd: "f", type: "custom", service_params: { all: true } },
    },
    custom_metadata: { id: 1 },
  };
  const cluster = render(
    templateOf(node, {
      health_check,
      monitor,
      links: { db: "cl-1" },
      endpoints: { http: { port: 80, protocol: "http" }, raw: { port: 81 } },
      advanced_actions: ["add_nodes"],
      incremental_backup_supported: true,
    }),
    schema,
    {},
  );
  const [group] = cluster.nodes;
  assert.ok(group);
  const { healthCheck, services, volume } = group;
  assert.deepEqual(cluster.endpoints, { http: { port: 80, protocol: "http" }, raw: { port: 81, protocol: "tcp" } });
  assert.deepEqual([cluster.links, cluster.advancedActions, cluster.incrementalBackupSupported], [{ db: "cl-1" }, ["add_nodes"], true]);
  assert.deepEqual(
    [group.cpu, group.gpu, group.memory, group.instanceType, group.replica, group.serverIdUpperBound],
    [2, 1, 2048, "m5.large", 2, 255],
  );
  assert.deepEqual(volume, { size: 50, mountPoints: ["/a", "/b"], mountOptions: "ro", filesystem: "xfs" });
  assert.deepEqual([group.verticalScalingPolicy, group.env, group.customMetadata], ["sequential", { a: 1 }, { id: 1 }]);
  assert.deepEqual(services.init, {
    command: "i",
    order: 3,
    timeout: 30,
    nodesToExecuteOn: 1,
    postStartService: true,
    postStopService: false,
    parameters: {},
  });
  assert.equal(services.scale_in?.preCheck, "may");
  assert.equal(services.destroy?.postStopService, true);
  assert.equal(services.backup?.command, undefined);
  assert.deepEqual(services.flush?.parameters, { all: true });
  assert.deepEqual(healthCheck, {
    enable: true,
    intervalSeconds: 5,
    timeoutSeconds: 3,
    actionTimeoutSeconds: 9,
    healthyThreshold: 1,
    unhealthyThreshold: 4,
    checkCommand: "check",
    actionCommand: "act",
  });
  assert.deepEqual(group.monitor, monitor);
});

test("a cluster is described from what its events carry, or the reason is given why not", () => {
  const carried = { configJson, template: templateOf() };
  const cluster = describeCluster(carried, { cluster: { subnet: "n", web: { count: 2 } } });
  assert.ok("nodes" in cluster);
  assert.equal(cluster.nodes[0]?.count, 2);
  assert.deepEqual(describeCluster(carried, { cluster: { web: { count: 9 } } }), {
    rejected: "cluster.subnet is required; cluster.web.count must be at most 5",
  });
  const deep = { env: { tags: JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`) } };
  assert.deepEqual(
    describeCluster({ configJson, template: templateOf({}, { env: { tags: "{{env.tags}}" } }) }, { "cluster.subnet": "n", ...deep }),
    {
      rejected: "the value of env.tags is nested too deep",
    },
  );
  assert.deepEqual(describeCluster({ configJson: "[]", template: "" }, {}), { rejected: "config.json is not an object" });
});
