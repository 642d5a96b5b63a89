import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { JsonObject } from "./json.ts";

/** A rendered `cluster.json` that satisfies the schema below, in the package format's own names. */
export type RawCluster = {
  readonly name: string;
  readonly description: string;
  readonly subnet: string;
  readonly nodes: readonly RawNode[];
  readonly env?: JsonObject;
  readonly links?: Readonly<Record<string, string>>;
  readonly endpoints?: Readonly<Record<string, { readonly port: number; readonly protocol?: string }>>;
  readonly advanced_actions?: readonly string[];
  readonly incremental_backup_supported?: boolean;
  readonly backup_policy?: string;
  readonly upgrade_policy?: readonly string[];
  readonly metadata_root_access?: boolean;
  readonly health_check?: RawHealthCheck;
  readonly monitor?: JsonObject;
  readonly display_tabs?: JsonObject;
};

export type RawNode = {
  readonly container: { readonly type: "kvm" | "docker" | "lxc" | "bm"; readonly image: string; readonly zone?: string };
  readonly count: number;
  readonly role?: string;
  readonly cpu?: number;
  readonly gpu?: number;
  readonly memory?: number;
  readonly instance_type?: string;
  readonly instance_class?: number;
  readonly replica?: number;
  readonly volume?: {
    readonly size?: number;
    readonly mount_point?: string | readonly string[];
    readonly mount_options?: string;
    readonly filesystem?: "ext4" | "xfs" | "ntfs";
  };
  readonly server_id_upper_bound?: number;
  readonly vertical_scaling_policy?: "sequential" | "parallel";
  readonly loadbalancer?: readonly JsonObject[];
  readonly env?: JsonObject;
  readonly services?: Readonly<Record<string, RawService>>;
  readonly health_check?: RawHealthCheck;
  readonly monitor?: JsonObject;
  readonly custom_metadata?: JsonObject;
};

export type RawService = {
  readonly cmd?: string;
  readonly order?: number;
  readonly nodes_to_execute_on?: number;
  readonly timeout?: number;
  readonly pre_check?: string;
  readonly post_start_service?: boolean;
  readonly post_stop_service?: boolean;
  readonly service_params?: JsonObject;
};

export type RawHealthCheck = {
  readonly enable?: boolean;
  readonly interval_sec?: number;
  readonly timeout_sec?: number;
  readonly action_timeout_sec?: number;
  readonly healthy_threshold?: number;
  readonly unhealthy_threshold?: number;
  readonly check_cmd?: string;
  readonly action_cmd?: string;
};

const string = { type: "string" };
/** One line without control characters, like a name in a request. */
const line = { type: "string", maxLength: 255, pattern: "^[^\\p{Cc}\\p{Cs}\\u2028-\\u202e\\u2066-\\u2069]*$" };
const image = { ...line, maxLength: 2048 };
const environment = { type: "object", propertyNames: { ...line, pattern: "^[^=\\p{Cc}\\p{Cs}]+$" } };
const boolean = { type: "boolean" };
const object = { type: "object" };
const strings = { type: "array", items: string };
const natural = { type: "integer", minimum: 0 };
const command = { type: "string", maxLength: 1000, pattern: "\\S" };
const timeout = { type: "integer", minimum: 0, maximum: 86400 };
const closed = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = []) => ({
  type: "object",
  additionalProperties: false,
  properties,
  required,
});

const mountPoint = { type: "string", pattern: "^(/.*|[d-z]:)$" };
const service = { cmd: command, order: natural, nodes_to_execute_on: natural, timeout };
const params = { service_params: object };

const services = {
  type: "object",
  properties: {
    init: closed({ ...service, post_start_service: boolean }, ["cmd"]),
    start: closed(service, ["cmd"]),
    stop: closed(service, ["cmd"]),
    restart: closed(service, ["cmd"]),
    scale_in: closed({ ...service, pre_check: command }, ["cmd"]),
    scale_out: closed({ ...service, pre_check: command }, ["cmd"]),
    destroy: closed({ ...service, post_stop_service: boolean, allow_force: boolean }, ["cmd"]),
    backup: closed({ ...service, ...params }),
    restore: closed({ ...service, ...params }),
    delete_snapshot: closed({ ...service, ...params }),
    upgrade: closed({ ...service, ...params, post_start_service: boolean }, ["cmd"]),
  },
  additionalProperties: closed({ ...service, ...params, type: { type: "string", const: "custom" }, display: boolean }, ["cmd"]),
  maxProperties: 21,
};

const seconds = { type: "integer", minimum: 1, maximum: 86400 };
const healthCheck = closed({
  enable: boolean,
  interval_sec: seconds,
  timeout_sec: seconds,
  action_timeout_sec: seconds,
  healthy_threshold: { type: "integer", minimum: 1 },
  unhealthy_threshold: { type: "integer", minimum: 1 },
  check_cmd: command,
  action_cmd: command,
});
const monitor = closed({ enable: boolean, cmd: command, items: object, groups: object, display: strings, alarm: strings });

const node = closed(
  {
    container: closed({ type: { type: "string", enum: ["kvm", "docker", "lxc", "bm"] }, image, zone: line }, ["type", "image"]),
    count: { type: "integer", minimum: 0, maximum: 200 },
    role: line,
    cpu: natural,
    gpu: natural,
    memory: natural,
    instance_type: line,
    instance_class: natural,
    replica: { type: "integer", minimum: 0, maximum: 20 },
    volume: closed({
      size: natural,
      mount_point: { anyOf: [mountPoint, { type: "array", items: mountPoint, uniqueItems: true, minItems: 1 }] },
      mount_options: { type: "string", maxLength: 100 },
      filesystem: { type: "string", enum: ["ext4", "xfs", "ntfs"] },
    }),
    server_id_upper_bound: { type: "integer", minimum: 1 },
    vertical_scaling_policy: { type: "string", enum: ["sequential", "parallel"] },
    loadbalancer: { type: "array", items: object },
    env: environment,
    services,
    health_check: healthCheck,
    monitor,
    advanced_actions: strings,
    passphraseless: string,
    user_access: boolean,
    agent_installed: boolean,
    custom_metadata: object,
  },
  ["container", "count"],
);

const cluster = closed(
  {
    name: line,
    description: { type: "string", maxLength: 8192 },
    subnet: line,
    nodes: { type: "array", items: node, maxItems: 100 },
    env: environment,
    links: { type: "object", additionalProperties: string },
    endpoints: {
      type: "object",
      additionalProperties: closed({ port: { type: "integer", minimum: 1, maximum: 65535 }, protocol: line }, ["port"]),
    },
    advanced_actions: {
      type: "array",
      items: { type: "string", enum: ["change_subnet", "scale_horizontal", "add_nodes", "associate_eip"] },
      uniqueItems: true,
    },
    incremental_backup_supported: boolean,
    backup_policy: string,
    upgrade_policy: strings,
    metadata_root_access: boolean,
    health_check: healthCheck,
    monitor,
    display_tabs: object,
    app_id: string,
    version_id: string,
    global_uuid: string,
  },
  ["name", "description", "subnet", "nodes"],
);

/** A validator that narrows to `RawCluster` and keeps its reasons in `errors`. It is compiled on first use, since few processes need it. */
export const clusterSchema = (): ValidateFunction<RawCluster> => {
  compiled ??= new Ajv({ allErrors: true, allowUnionTypes: true }).compile<RawCluster>(cluster);
  return compiled;
};
let compiled: ValidateFunction<RawCluster> | undefined;

/** Validation errors as a sentence with readable paths: `nodes[0].count must be <= 200`. */
export const sentenceOf = (errors: readonly ErrorObject[] | null | undefined): string =>
  [...new Set((errors ?? []).map(sentence))].slice(0, 5).join("; ");

const sentence = ({ instancePath, keyword, params, message }: ErrorObject): string => {
  const place = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
  const subject = place === "" ? "the cluster" : place;
  if (keyword === "required") return `${subject} has no ${params.missingProperty}`;
  if (keyword === "additionalProperties") return `${subject} has the unknown property ${params.additionalProperty}`;
  if (keyword === "enum") return `${subject} must be one of ${params.allowedValues.join(", ")}`;
  return `${subject} ${message ?? "is not valid"}`;
};
