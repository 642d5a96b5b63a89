import type { Message } from "../../events/message.ts";
import type { Request } from "../../events/simulation/clients.ts";
import { seeded } from "../../events/simulation/time.ts";
import type { AccountCommand } from "../../services/account/domain/domain.ts";
import type { Version } from "../../services/cluster/deployment.ts";
import type { ClusterCommand } from "../../services/cluster/domain.ts";
import type { RuntimeCommand, RuntimeCredentialCommand } from "../../services/runtime/domain.ts";

const text = (key: string, value: string) => ({ key, label: key, description: key, type: "string", default: value, required: false });
const configJson = JSON.stringify({
  type: "array",
  properties: [
    {
      key: "cluster",
      description: "The cluster",
      type: "array",
      properties: [text("name", "small"), text("description", ""), text("subnet", "")],
    },
    { key: "env", description: "Its environment", type: "array", properties: [text("colour", "red")] },
  ],
});
const template = JSON.stringify({
  name: "{{cluster.name}}",
  description: "{{cluster.description}}",
  subnet: "{{cluster.subnet}}",
  nodes: [
    {
      role: "web",
      container: { type: "docker", image: "none" },
      count: 1,
      cpu: 1,
      memory: 1024,
      volume: { size: 1, mount_point: "/data", filesystem: "ext4" },
      services: { start: { cmd: "run" }, stop: { cmd: "halt" } },
    },
  ],
  env: { colour: "{{env.colour}}" },
  endpoints: { http: { port: 80, protocol: "http" } },
});
const version = (number: number): Version => ({
  ...{ appId: "app-1", versionId: `appv-${number}`, versionType: "vmbased", packageDigest: `sha256:${number}`, packageOwner: "repo" },
  ...{ configJson, template },
});

type Chance = { readonly below: (limit: number) => number; readonly happens: (share: number) => boolean };
type Owner = { readonly owner: string; readonly ownerPath: string };
/** What may be asked, and how often. */
type Row<Command extends Message> = readonly [weight: number, ask: (chance: Chance, number: number, owner: Owner) => Command];

const runtimeRows: readonly Row<RuntimeCommand | RuntimeCredentialCommand>[] = [
  [
    4,
    ({ below }, number, owner) => ({
      type: "CreateRuntimeCredential",
      runtimeCredentialId: `rc-${below(4)}`,
      ...{
        name: `credential ${number}`,
        description: "",
        provider: "local",
        runtimeUrl: "",
        sealedContent: `sealed ${number}`,
        debug: false,
      },
      ...owner,
    }),
  ],
  [
    6,
    ({ below, happens }, number) => ({
      type: "ModifyRuntimeCredential",
      runtimeCredentialId: `rc-${below(4)}`,
      name: happens(0.5) ? `credential ${number}` : undefined,
      description: undefined,
      sealedContent: happens(0.6) ? `sealed ${number}` : undefined,
    }),
  ],
  [1, ({ below }) => ({ type: "DeleteRuntimeCredential", runtimeCredentialId: `rc-${below(4)}` })],
  [
    4,
    ({ below }, number, owner) => ({
      type: "CreateRuntime",
      runtimeId: `rt-${below(4)}`,
      ...{
        name: `runtime ${number}`,
        description: "",
        provider: "local",
        zone: "local",
        runtimeCredentialId: `rc-${below(4)}`,
        debug: false,
      },
      ...owner,
    }),
  ],
  [
    3,
    ({ below, happens }, number) => ({
      type: "ModifyRuntime",
      runtimeId: `rt-${below(4)}`,
      name: happens(0.5) ? `runtime ${number}` : undefined,
      description: undefined,
      runtimeCredentialId: happens(0.5) ? `rc-${below(4)}` : undefined,
    }),
  ],
  [1, ({ below, happens }) => ({ type: "DeleteRuntime", runtimeId: `rt-${below(4)}`, force: happens(0.3) })],
];

const clusterId = ({ below }: Chance) => `cl-${below(6)}`;
const clusterRows: readonly Row<ClusterCommand>[] = [
  [
    6,
    (chance, number, owner) => ({
      type: "RequestCluster",
      clusterId: clusterId(chance),
      jobId: `j-${number}`,
      name: undefined,
      version: version(1),
      place: { provider: "local", runtimeId: `rt-${chance.below(4)}`, zone: "local", runtimeCredentialId: `rc-${chance.below(4)}` },
      configuration: "{}",
      debug: false,
      ...owner,
    }),
  ],
  [3, (chance, number) => ({ type: "StopCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [3, (chance, number) => ({ type: "StartCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [1, (chance, number) => ({ type: "RecoverCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [2, (chance, number) => ({ type: "DeleteCluster", clusterId: clusterId(chance), jobId: `j-${number}`, force: chance.happens(0.3) })],
  [1, (chance, number) => ({ type: "CeaseCluster", clusterId: clusterId(chance), jobId: `j-${number}`, force: chance.happens(0.2) })],
  [2, (chance, number) => ({ type: "AddClusterNodes", clusterId: clusterId(chance), jobId: `j-${number}`, role: "web", count: 1 })],
  [
    1,
    (chance, number) => ({ type: "UpgradeCluster", clusterId: clusterId(chance), jobId: `j-${number}`, version: version(chance.below(3)) }),
  ],
  [1, (chance, number) => ({ type: "RollbackCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [
    3,
    (chance, number) => ({
      type: "ModifyClusterAttributes",
      clusterId: clusterId(chance),
      name: `cluster ${number % 3}`,
      description: undefined,
    }),
  ],
];

const accountRows: readonly Row<AccountCommand>[] = [
  [
    5,
    ({ below, happens }, number) => ({
      type: "CreateUser",
      userId: `usr-${below(8)}`,
      email: `person${below(5)}@example.org`,
      passwordHash: `hash ${number}`,
      roleIds: ["user"],
      groupPath: happens(0.4) ? `:grp-${below(4)}` : "",
    }),
  ],
  [
    5,
    ({ below, happens }, number) => ({
      type: "ModifyUser",
      userId: `usr-${below(8)}`,
      email: happens(0.6) ? `person${below(5)}@example.org` : undefined,
      description: happens(0.5) ? `number ${number % 4}` : undefined,
    }),
  ],
  [1, ({ below }) => ({ type: "DeleteUser", userId: `usr-${below(8)}` })],
  [2, ({ below }) => ({ type: "BindUserRoles", userId: `usr-${below(8)}`, roleIds: [`role-${below(3)}`] })],
  [2, ({ below }) => ({ type: "UnbindUserRoles", userId: `usr-${below(8)}`, roleIds: [`role-${below(3)}`] })],
  [2, ({ below }, number) => ({ type: "RequestPasswordReset", userId: `usr-${below(8)}`, resetId: `pr-${number}` })],
  [
    2,
    ({ below }, _number, owner) => ({
      ...({
        type: "CreateGroup",
        groupId: `grp-${below(4)}`,
        name: "a group",
        description: "",
        parentGroupId: "",
        parentPath: "",
      } as const),
      ...owner,
    }),
  ],
  [3, ({ below }) => ({ type: "JoinGroup", groupId: `grp-${below(4)}`, userIds: [`usr-${below(8)}`, `usr-${below(8)}`] })],
  [2, ({ below }) => ({ type: "LeaveGroup", groupId: `grp-${below(4)}`, userIds: [`usr-${below(8)}`] })],
  [
    2,
    ({ below }) => {
      const parent = below(4);
      return { type: "ModifyGroup", groupId: `grp-${below(4)}`, parent: { parentGroupId: `grp-${parent}`, parentPath: `:grp-${parent}` } };
    },
  ],
  [1, ({ below }) => ({ type: "DeleteGroup", groupId: `grp-${below(4)}` })],
];

const all: readonly (readonly [service: string, weight: number, ask: (chance: Chance, number: number, owner: Owner) => Message])[] = [
  ...runtimeRows.map(([weight, ask]) => ["runtime", weight, ask] as const),
  ...clusterRows.map(([weight, ask]) => ["cluster", weight, ask] as const),
  ...accountRows.map(([weight, ask]) => ["account", weight, ask] as const),
];
const whole = all.reduce((sum, [, weight]) => sum + weight, 0);
const PEOPLE = 5;

/** What people ask in a run. Each request has its own chance, so that leaving some out changes no other. */
export const requests = (seed: number, commands: number): readonly Request[] =>
  Array.from({ length: commands }, (_, number) => {
    const random = seeded(seed * 100_003 + number);
    const chance: Chance = { below: (limit) => Math.floor(limit * random()), happens: (share) => random() < share };
    const actor = `usr-${chance.below(PEOPLE)}`;
    const owner = { owner: actor, ownerPath: `:${actor}` };
    const [service, ask] = drawn(whole * random());
    const cause = chance.happens(0.8) ? `request/${number}` : null;
    return { service, command: ask(chance, number, owner), actor: { userId: actor, ownerPath: owner.ownerPath }, cause };
  });

const drawn = (place: number) => {
  let end = 0;
  for (const [service, weight, ask] of all) {
    end += weight;
    if (place < end) return [service, ask] as const;
  }
  return never();
};

const never = (): never => {
  throw new Error("no row was drawn");
};
