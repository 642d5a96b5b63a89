// Generated from schemas/http/v1.yaml by `npm run generate`. Do not edit.

/** Operations that are granted together. */
export type ActionBundle = {
  readonly action_bundle_id?: Id;
  readonly action_bundle_name?: Line;
  readonly api_set?: readonly Api[];
};

/** An address, a path or a query, on one line. */
export type Address = string;

/** An operation in an action bundle. */
export type Api = {
  readonly api_id?: Id;
  /** The operationId. */
  readonly api_method?: Id;
  /** The HTTP method. */
  readonly url_method?: Id;
  readonly url?: Address;
};

/** An application. */
export type App = {
  readonly app_id?: string;
  /** The row of the store's view. */
  readonly active?: boolean;
  readonly name?: string;
  readonly repo_id?: string;
  readonly description?: string;
  readonly status?: "draft" | "active" | "suspended" | "deleted";
  readonly home?: string;
  /** An attachment id, or a URL. */
  readonly icon?: string;
  /** Attachment ids, separated by commas. */
  readonly screenshots?: string;
  readonly maintainers?: string;
  readonly keywords?: string;
  readonly sources?: string;
  readonly readme?: string;
  /** Its name in the index. */
  readonly chart_name?: string;
  /** A short description. */
  readonly abstraction?: string;
  /** Terms of service. */
  readonly tos?: string;
  readonly owner?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly update_time?: string;
  readonly category_set?: readonly ResourceCategory[];
  readonly latest_app_version?: AppVersion;
  readonly app_version_types?: string;
  readonly company_name?: string;
  readonly company_website?: string;
  readonly company_profile?: string;
  readonly company_join_time?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  /** The vendor's user id. */
  readonly isv?: string;
};

/** A version of an application. */
export type AppVersion = {
  readonly version_id?: string;
  /** The row of the store's view. */
  readonly active?: boolean;
  readonly app_id?: string;
  readonly owner?: string;
  readonly name?: string;
  readonly description?: string;
  readonly home?: string;
  /** An attachment id, or a URL. */
  readonly icon?: string;
  /** Attachment ids, separated by commas. */
  readonly screenshots?: string;
  readonly maintainers?: string;
  readonly keywords?: string;
  readonly sources?: string;
  readonly readme?: string;
  /** Where its package stands, relative to the repository. */
  readonly package_name?: string;
  readonly status?: "draft" | "submitted" | "in-review" | "passed" | "rejected" | "active" | "suspended" | "deleted";
  readonly review_id?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly update_time?: string;
  /** Grows with each version; the order of a list. */
  readonly sequence?: number;
  readonly message?: string;
  readonly type?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
};

/** A change of a version's status. */
export type AppVersionAudit = {
  readonly version_id?: string;
  readonly app_id?: string;
  readonly status?: string;
  readonly version_name?: string;
  readonly app_name?: string;
  readonly operator?: string;
  readonly operator_type?: string;
  readonly message?: string;
  readonly review_id?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly version_type?: string;
};

/** A review of a version, with its phases. */
export type AppVersionReview = {
  readonly review_id?: string;
  readonly version_id?: string;
  readonly app_id?: string;
  readonly version_name?: string;
  readonly app_name?: string;
  readonly status?: string;
  /** By operator type: isv, business, technical or admin. */
  readonly phase?: Readonly<Record<string, AppVersionReviewPhase>>;
  /** When the status last changed. */
  readonly status_time?: string;
  /** Who has the review in hand. */
  readonly reviewer?: string;
  readonly version_type?: string;
};

/** What one kind of reviewer decided. */
export type AppVersionReviewPhase = {
  readonly status?: string;
  readonly operator?: string;
  readonly operator_type?: string;
  readonly message?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly review_time?: string;
};

/** What an audit has found. */
export type AuditResult = {
  readonly records: number;
  readonly streams: number;
  /** Records that repeat one, which is allowed. */
  readonly repeats: number;
  /** What is wrong with the log: of each service, the first 1,000. */
  readonly findings?: readonly ({
    readonly kind: "missing" | "late" | "unversioned" | "forged" | "removed";
    readonly stream: string;
    readonly version?: number;
    readonly from?: number;
    readonly to?: number;
    /** The record that shows it: topic, partition and offset. */
    readonly origin: string;
  })[];
  readonly read_models?: {
    readonly models: number;
    readonly documents: number;
    /** How many documents are wrong in each service. */
    readonly wrong: Readonly<Record<string, number>>;
    /** The first wrong documents; fields by their names and not their values. */
    readonly findings?: readonly ({
      readonly kind: "document";
      readonly service: string;
      readonly model: string;
      readonly collection: string;
      readonly id: string;
      readonly stream: string;
      readonly versions?: readonly unknown[];
      readonly fields?: readonly ({
        readonly field: string;
        /** The event that set it last. */
        readonly event?: string;
      })[];
    })[];
  };
};

/** A category of applications. */
export type Category = {
  readonly category_id?: string;
  readonly name?: string;
  /** Its name by language, as a JSON text. */
  readonly locale?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly create_time?: string;
  readonly update_time?: string;
  readonly description?: string;
  /** An attachment id, or a URL. */
  readonly icon?: string;
  readonly owner?: string;
};

/** The id of a request, of a job or of an event: visible ASCII without comma. */
export type CauseId = string;

export type Client = {
  readonly client_id?: string;
  /** In whose name the client acts. */
  readonly user_id?: string;
  /** active or revoked. */
  readonly status?: string;
  /** The limit of its tokens; absent for none. */
  readonly action_bundle_id?: readonly string[];
  readonly create_time?: string;
  readonly status_time?: string;
};

/** An event in the JSON format of CloudEvents 1.0. */
export type CloudEvent = {
  readonly specversion: string;
  /** Stream and version, as in cluster/cl-x7@12. The same again if the event comes twice. */
  readonly id: string;
  /** The service that has announced it, as in /pitrix/cluster. */
  readonly source: string;
  /** As in pitrix.cluster.ClusterActivated. */
  readonly type: string;
  /** The stream: cluster/cl-x7. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: string;
  /** The Avro schema that the event was written with. */
  readonly dataschema: string;
  /** The version of the stream in twelve digits. */
  readonly sequence: string;
  /** The request at the beginning of everything. */
  readonly correlationid?: string;
  /** The event that led to it. */
  readonly causationid?: string;
  /** The job that it belongs to. */
  readonly actionid?: string;
  /** The id of the user who caused it. */
  readonly actor?: string;
  /** The fields, as the newest released schema has them, without sealed secrets. Absent if this release cannot read it. */
  readonly data?: Readonly<Record<string, unknown>>;
};

/** A deployed application version. */
export type Cluster = {
  readonly cluster_id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly app_id?: string;
  readonly version_id?: string;
  readonly subnet_id?: string;
  readonly vpc_id?: string;
  readonly frontgate_id?: string;
  /** 0 is a normal cluster, 1 a frontgate. */
  readonly cluster_type?: number;
  /** Where it can be reached, as a JSON text. */
  readonly endpoints?: string;
  /** What its provider has found to differ from what was deployed, a sentence each; absent: nothing. */
  readonly drift?: readonly string[];
  readonly status?: "pending" | "active" | "stopped" | "suspended" | "deleted" | "ceased";
  /** The action in hand; empty for none. */
  readonly transition_status?: "" | "creating" | "upgrading" | "rollbacking" | "resizing" | "scaling" | "updating" | "stopping" | "starting" | "deleting" | "recovering" | "ceasing";
  readonly metadata_root_access?: boolean;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly global_uuid?: string;
  readonly upgrade_status?: string;
  readonly upgrade_time?: string;
  readonly runtime_id?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly additional_info?: string;
  /** The configuration, as a JSON or YAML text. */
  readonly env?: string;
  /** Made for a trial by a developer. */
  readonly debug?: boolean;
  /** A region or zone of a cloud, or a namespace on Kubernetes. */
  readonly zone?: string;
  readonly cluster_node_set?: readonly ClusterNode[];
  readonly cluster_role_set?: readonly ClusterRole[];
  readonly cluster_link_set?: readonly ClusterLink[];
  readonly cluster_common_set?: readonly ClusterCommon[];
  readonly cluster_loadbalancer_set?: readonly ClusterLoadbalancer[];
  readonly owner?: string;
};

/** What the package says of a role: its commands and policies. */
export type ClusterCommon = {
  readonly cluster_id?: string;
  readonly role?: string;
  readonly server_id_upper_bound?: number;
  readonly advanced_actions?: string;
  readonly init_service?: string;
  readonly start_service?: string;
  readonly stop_service?: string;
  readonly scale_out_service?: string;
  readonly scale_in_service?: string;
  readonly restart_service?: string;
  readonly destroy_service?: string;
  readonly upgrade_service?: string;
  readonly custom_service?: string;
  readonly backup_service?: string;
  readonly restore_service?: string;
  readonly delete_snapshot_service?: string;
  readonly health_check?: string;
  readonly monitor?: string;
  readonly passphraseless?: string;
  readonly vertical_scaling_policy?: string;
  readonly agent_installed?: boolean;
  readonly custom_metadata_script?: string;
  readonly image_id?: string;
  readonly backup_policy?: string;
  readonly incremental_backup_supported?: boolean;
  readonly hypervisor?: string;
};

/** A link to another cluster. */
export type ClusterLink = {
  readonly cluster_id?: string;
  readonly name?: string;
  readonly external_cluster_id?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly owner?: string;
};

/** A load balancer in front of a role. */
export type ClusterLoadbalancer = {
  readonly cluster_id?: string;
  readonly role?: string;
  readonly loadbalancer_listener_id?: string;
  readonly loadbalancer_port?: number;
  readonly loadbalancer_policy_id?: string;
};

/** A node: a machine, a pod or a process. */
export type ClusterNode = {
  readonly node_id?: string;
  readonly cluster_id?: string;
  readonly name?: string;
  readonly instance_id?: string;
  readonly volume_id?: string;
  readonly device?: string;
  readonly subnet_id?: string;
  readonly private_ip?: string;
  readonly eip?: string;
  readonly server_id?: number;
  readonly role?: string;
  readonly status?: string;
  /** The action in hand; empty for none. */
  readonly transition_status?: string;
  readonly group_id?: number;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly global_server_id?: number;
  readonly custom_metadata?: string;
  /** A public key as in authorized_keys. */
  readonly pub_key?: string;
  /** healthy; unhealthy while its process has ended unasked and does not stay up again; empty while it is not meant to run. */
  readonly health_status?: string;
  /** What keeps it from being healthy, in its provider's words; absent if nothing is known. */
  readonly health_message?: string;
  readonly is_backup?: boolean;
  readonly auto_backup?: boolean;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly host_id?: string;
  readonly host_ip?: string;
  readonly cluster_role?: ClusterRole;
  readonly cluster_common?: ClusterCommon;
  readonly key_pair_id?: readonly string[];
  readonly owner?: string;
};

/** A state with which a cluster was deployed. */
export type ClusterRevision = {
  readonly cluster_id?: string;
  /** From 1, for each cluster. */
  readonly revision?: number;
  /** What it came of. */
  readonly action?: "create" | "upgrade" | "rollback" | "resize" | "update";
  /** The user who asked for it. */
  readonly actor?: string;
  readonly status?: "pending" | "deployed";
  readonly app_id?: string;
  readonly version_id?: string;
  readonly package_digest?: string;
  readonly version_type?: string;
  readonly runtime_id?: string;
  readonly zone?: string;
  /** The configuration; passwords are asterisks. */
  readonly env?: string;
  readonly endpoints?: string;
  readonly role_resource?: readonly RoleResource[];
  readonly owner?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
};

/** The resources of a role. */
export type ClusterRole = {
  readonly cluster_id?: string;
  readonly role?: string;
  readonly cpu?: number;
  readonly gpu?: number;
  /** In MiB. */
  readonly memory?: number;
  readonly instance_size?: number;
  /** In GiB. */
  readonly storage_size?: number;
  readonly mount_point?: string;
  readonly mount_options?: string;
  readonly file_system?: string;
  /** The configuration, as a JSON or YAML text. */
  readonly env?: string;
  readonly replicas?: number;
  readonly ready_replicas?: number;
  readonly api_version?: string;
};

/** What a request or an action has set going. */
export type Command = {
  readonly id: string;
  /** The user who gave it. */
  readonly actor?: string;
  /** Every service has answered, and nothing is left to do but what waits for its time. */
  readonly finished: boolean;
  /** When the first event was committed. */
  readonly began?: string;
  /** Until the last event so far. */
  readonly took_milliseconds?: number;
  readonly event_count?: number;
  /** Who has announced the events, in the order of the story. */
  readonly service?: readonly string[];
  /** The events that no other of these events led to. */
  readonly root?: readonly CommandEvent[];
  /** What is not done yet. */
  readonly pending?: readonly CommandPending[];
  /** The read models that the events change. */
  readonly read_model?: readonly CommandReadModel[];
  /** What was decided with a no. */
  readonly refusal?: readonly CommandRefusal[];
  /** Services that did not answer; their part is missing. */
  readonly unknown?: readonly string[];
  /** Services that had more to tell than an answer holds. */
  readonly incomplete?: readonly string[];
};

/** An event, and what came of it. */
export type CommandEvent = {
  /** Stream and version, as in cluster/cl-x7@12. */
  readonly event_id: string;
  readonly type: string;
  /** Who has announced it. */
  readonly service: string;
  readonly stream: string;
  readonly version: number;
  readonly because: "request" | "reaction" | "effect" | "timer";
  /** The row that decided it: an operation, the event reacted to, effect or timer. */
  readonly row: string;
  readonly time: string;
  /** The event that led to it. */
  readonly causation_id?: string;
  /** The action (job) that it belongs to. */
  readonly action_id?: string;
  readonly effect?: readonly CommandEvent[];
};

/** Something that is not done yet. */
export type CommandPending = {
  /** An event to be published, a call to the outside due or under way, a timer set, a reaction to come, a stream that waits because of an event that cannot be handled. */
  readonly kind: "publication" | "effect" | "timer" | "reaction" | "parked";
  /** Who has it to do. */
  readonly service: string;
  /** The event that it is about; of a parked stream the one that cannot be handled. */
  readonly event_id: string;
  readonly stream: string;
  /** The type of that event. */
  readonly row?: string;
  /** When a timer fires. */
  readonly due_time?: string;
  /** What a reaction asks for. */
  readonly command?: readonly string[];
  /** What has parked the stream: a read model, or reactions. */
  readonly subscription?: string;
  readonly reason?: string;
  readonly attempts?: number;
};

/** What the events change in a read model. */
export type CommandReadModel = {
  readonly service: string;
  readonly model: string;
  /** The ids of its documents. */
  readonly document?: readonly string[];
  /** The ids of events that it does not show yet. */
  readonly open?: readonly string[];
};

/** A decision that was a no. */
export type CommandRefusal = {
  readonly service: string;
  readonly stream: string;
  /** What asked: an operation, or the event reacted to. */
  readonly row: string;
  /** The event that led to it. */
  readonly causation_id?: string;
  readonly time: string;
  readonly reason: string;
};

/** A value that differs. Without before it is new, without after it is gone. */
export type Difference = {
  /** As in roles.reviews.memory. */
  readonly path?: string;
  readonly before?: string;
  readonly after?: string;
};

/** A longer text: a readme, a configuration. */
export type Document = string;

/** What every refusal and failure looks like. */
export type Error = {
  /** The message again. */
  readonly error: string;
  readonly message: string;
  /** 3 and 9 are answered as 400, 5 as 404, 6 as 409, 7 as 403, 13 as 500, 16 as 401. */
  readonly code: number;
  readonly details: readonly ErrorDetail[];
};

/** Which refusal it is. */
export type ErrorDetail = {
  readonly "@type": "type.googleapis.com/openpitrix.ErrorDetail";
  /** For programs, such as missing_parameter. */
  readonly error_name: string;
  /** What lies behind it. */
  readonly cause?: string;
};

/** An event on the log, without secrets; one that cannot be decoded says why. */
export type EventResult = {
  readonly event_id?: string;
  readonly type?: string;
  /** Who announced it. */
  readonly service?: string;
  readonly stream: string;
  readonly version?: number;
  readonly time: string;
  readonly actor?: string;
  readonly correlation_id?: string;
  readonly causation_id?: string;
  readonly action_id?: string;
  /** What decided it: an operation, an event that was reacted to, an effect or a timer. */
  readonly row?: string;
  /** Topic, partition and offset. */
  readonly origin: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly unreadable?: string;
};

/** Action bundles of a module. */
export type Feature = {
  readonly feature_id?: Id;
  readonly feature_name?: Line;
  readonly action_bundle_set?: readonly ActionBundle[];
  /** The granted ones. */
  readonly checked_action_bundle_id_set?: readonly Id[];
};

/** A group of users in the tree of groups. */
export type Group = {
  readonly parent_group_id?: string;
  readonly group_id?: string;
  /** The ids from the root down to the group. */
  readonly group_path?: string;
  readonly name?: string;
  readonly status?: string;
  readonly description?: string;
  readonly create_time?: string;
  readonly update_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
};

/** A group and its members. */
export type GroupDetail = {
  readonly group?: Group;
  readonly user_set?: readonly User[];
};

/** An id, or a name of the platform's own: visible ASCII without / @ and comma. */
export type Id = string;

/** Ids with commas between them. */
export type Ids = string;

/** Something that an operator looks at: how far it is, and what was found. Names and values are those that the command prints with --json. */
export type Inspection = {
  readonly inspection_id: string;
  readonly inspection: InspectionKind;
  /** Failed if a service has failed, or does not know it any more. */
  readonly status: "running" | "done" | "failed" | "stopped";
  readonly asked_by: string;
  readonly create_time: string;
  readonly part?: readonly InspectionPart[];
  readonly audit?: AuditResult;
  readonly at?: StateAtResult;
  readonly map?: LiveMapResult;
  readonly topics?: readonly TopicResult[];
  readonly events?: readonly EventResult[];
};

/** What an inspection looks at. */
export type InspectionKind = "audit" | "at" | "map" | "topics" | "events";

/** The part of a service in an inspection. */
export type InspectionPart = {
  readonly service: string;
  readonly status: "running" | "done" | "failed" | "stopped";
  /** Why it failed. */
  readonly reason?: string;
  /** Records of the log that were read in this pass. */
  readonly read?: number;
  /** Those to read. */
  readonly all?: number;
};

/** What one action on a cluster does. */
export type Job = {
  readonly job_id?: string;
  readonly cluster_id?: string;
  readonly app_id?: string;
  readonly version_id?: string;
  /** What it does to the cluster. */
  readonly job_action?: string;
  /** The user who asked for it. */
  readonly actor?: string;
  readonly status?: "pending" | "working" | "successful" | "failed";
  /** 0 for none. */
  readonly error_code?: number;
  /** What it has to do, as a JSON text. */
  readonly directive?: string;
  /** The instance that runs it. */
  readonly executor?: string;
  readonly task_count?: number;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly provider?: string;
  readonly runtime_id?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly owner?: string;
};

/** A public key for access to nodes. */
export type KeyPair = {
  readonly key_pair_id?: string;
  readonly name?: string;
  readonly description?: string;
  /** A public key as in authorized_keys. */
  readonly pub_key?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly node_id?: readonly string[];
  readonly owner?: string;
};

/** One line without control characters. */
export type Line = string;

/** Which reactions, effects and timers were seen. */
export type LiveMapResult = {
  readonly events: number;
  /** Older events that were left out, since there were too many. */
  readonly left: number;
  readonly seconds?: number;
  readonly rows?: readonly ({
    readonly from: string;
    readonly event: string;
    readonly to: string;
    readonly by: "reaction" | "effect" | "timer";
    /** Whether a table has it. */
    readonly declared: boolean;
    /** Events of this type. */
    readonly announced: number;
    /** Those that led to something. */
    readonly seen: number;
    /** Milliseconds from the event to what it led to. */
    readonly median?: number;
    /** The 99th percentile. */
    readonly slowest?: number;
  })[];
};

/** What a role may do, by module. */
export type Module = {
  readonly module_elem_set?: readonly ModuleElem[];
};

/** A module, with what of it is granted. */
export type ModuleElem = {
  readonly module_id?: Id;
  readonly module_name?: Line;
  readonly feature_set?: readonly Feature[];
  /** Whose rows it covers. */
  readonly data_level?: "all" | "group" | "self";
  /** All action bundles of the module are granted. */
  readonly is_check_all?: boolean;
};

/** An event that waits in a parked stream. */
export type ParkedEvent = {
  readonly subscription: string;
  readonly stream: string;
  readonly event_id: string;
  readonly version: number;
  readonly type: string;
  readonly reason: string;
  readonly time: string;
  readonly attempts: number;
  readonly origin: string;
  /** Its fields, without secrets. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Why its fields cannot be read. */
  readonly unreadable?: string;
};

/** A stream that waits because one of its events cannot be handled. */
export type ParkedStream = {
  readonly service: string;
  readonly subscription: string;
  readonly stream: string;
  /** The event that cannot be handled. */
  readonly event_id: string;
  readonly type: string;
  readonly reason: string;
  readonly time: string;
  readonly attempts: number;
  /** That event, and those that wait behind it. */
  readonly events: number;
  /** Where it is on the log: topic, partition and offset. */
  readonly origin?: string;
  /** What an operator has asked for and is still to come. */
  readonly asked?: string;
};

/** Parked streams. */
export type ParkedStreams = {
  readonly total_count?: number;
  readonly parked_stream_set?: readonly ParkedStream[];
};

/** How the platform is. */
export type Platform = {
  /** What is wrong, in a sentence each. */
  readonly problem?: readonly string[];
  readonly service?: readonly ({
    readonly service: string;
    readonly instance?: readonly PlatformInstance[];
    readonly subscription?: readonly PlatformSubscription[];
    /** Absent if the store does not answer. */
    readonly due?: readonly PlatformDue[];
    /** Which instance does what only one may do. */
    readonly lease?: readonly PlatformLease[];
    readonly rebuild?: readonly PlatformRebuild[];
  })[];
};

/** What is due in the store of a service. */
export type PlatformDue = {
  readonly kind: "publish" | "effects" | "timers";
  readonly marks: number;
  readonly oldest_seconds: number;
};

/** A running instance of a service. */
export type PlatformInstance = {
  readonly instance: string;
  /** When it began. */
  readonly since?: string;
  readonly state: "ready" | "not ready" | "silent";
  /** Why it is not ready, and what else an operator should know of it. */
  readonly reason?: readonly string[];
  /** What it makes no calls to for now. */
  readonly open_breaker?: readonly string[];
  /** Where other processes reach it. */
  readonly url?: string;
};

/** Work that one instance of a service does at a time. */
export type PlatformLease = {
  readonly lease: string;
  readonly instance: string;
  /** Since when this instance has it; absent: by a build that does not tell. */
  readonly since?: string;
  /** When another instance may take it if it is not renewed. */
  readonly until: string;
};

/** A collection that is filled beside the active one. */
export type PlatformRebuild = {
  readonly model: string;
  readonly collection: string;
  readonly read?: number;
  readonly end: number;
  readonly compared: number;
  readonly state: "filling" | "comparing" | "equal" | "different" | "becomes active";
};

/** A read model of a service, or its reactions. */
export type PlatformSubscription = {
  readonly name: string;
  /** Records that it has not gone past; absent if the log does not answer. */
  readonly lag?: number;
  /** The age of the latest event that it has gone past. */
  readonly behind_seconds?: number;
  /** Streams; absent if the store does not answer. */
  readonly parked?: number;
  /** Partitions that no instance reads. */
  readonly unread?: readonly string[];
  /** Which instance reads which partitions. */
  readonly member?: readonly ({
    readonly instance: string;
    readonly partition?: readonly string[];
  })[];
  /** The partition with the largest lag. */
  readonly worst?: {
    readonly partition: string;
    readonly next: number;
    readonly end: number;
  };
};

/** Who runs clusters: local, or another provider that has announced itself to this platform. */
export type Provider = string;

/** A read model: which collection queries read, and which ones are filled. */
export type ReadModel = {
  readonly service: string;
  readonly model: string;
  /** The collection that queries read. */
  readonly active?: string;
  /** The one that becomes active once it has caught up. */
  readonly next?: string;
  readonly generation: number;
  /** The fold of the build that runs. */
  readonly fold?: number;
  /** Documents that a comparison under way has compared. */
  readonly compared?: number;
  readonly collection?: readonly ReadModelCollection[];
};

/** A collection that is filled from the log. */
export type ReadModelCollection = {
  readonly collection: string;
  readonly fold: number;
  /** Records that it contains; absent for the active one. */
  readonly read?: number;
  /** Records that it is to contain. */
  readonly end: number;
  /** Documents compared with the live one so far. */
  readonly compared?: number;
  /** How many documents differ; absent until they are compared. */
  readonly differences?: number;
  /** When it may be dropped; absent: it stays. */
  readonly until?: string;
  readonly rebuild?: ReadModelRebuild;
};

/** What filling a read model anew would read and take, and what is in its way. */
export type ReadModelPlan = {
  readonly service: string;
  readonly model: string;
  readonly active?: string;
  readonly generation: number;
  readonly fold: number;
  /** Expected. */
  readonly documents: number;
  /** Of disk. */
  readonly bytes: number;
  readonly topic?: readonly ({
    readonly topic: string;
    readonly partitions: number;
    readonly records: number;
  })[];
  /** Why it cannot be done now; absent: it can. */
  readonly refusal?: readonly string[];
};

/** What is filled beside the live collection, up to fixed ends of the log, and compared with it. */
export type ReadModelRebuild = {
  readonly rate?: number;
  readonly auto_rate?: boolean;
  /** It ends before the log, and is never promoted. */
  readonly look?: boolean;
  readonly verdict?: {
    /** The live collection that it was compared with. */
    readonly against: string;
    readonly generation: number;
    readonly time: string;
    readonly compared: number;
    /** Documents that were compared after later events were folded in memory. */
    readonly ahead: number;
    readonly differences: number;
    /** Documents that differ only where they may. */
    readonly expected?: number;
    /** The first differences. Values are not told. */
    readonly first?: readonly ({
      readonly id: string;
      readonly stream: string;
      readonly versions?: readonly unknown[];
      readonly fields?: readonly ({
        readonly field: string;
        /** The event that set it last. */
        readonly event?: string;
      })[];
      /** The collections whose document is not what the events make. */
      readonly wrong?: readonly string[];
    })[];
  };
};

/** Read models. */
export type ReadModels = {
  readonly read_model_set?: readonly ReadModel[];
};

/** A repository of application packages. */
export type Repo = {
  readonly repo_id?: string;
  readonly name?: string;
  readonly description?: string;
  /** How it is reached; oci for one chart of a registry, `oci://host/path/chart`. */
  readonly type?: "http" | "https" | "s3" | "oci";
  readonly url?: string;
  /** Shown as asterisks. */
  readonly credential?: string;
  readonly visibility?: "public" | "private";
  /** The owner's group path. */
  readonly owner_path?: string;
  /** Where the applications run. */
  readonly providers?: readonly string[];
  readonly labels?: readonly RepoLabel[];
  readonly selectors?: readonly RepoSelector[];
  readonly status?: "active" | "deleted";
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly category_set?: readonly ResourceCategory[];
  /** The status of what is indexed. */
  readonly app_default_status?: "draft" | "active";
  readonly sync_seconds?: SyncSeconds;
  /** Asterisks if there is one. */
  readonly sync_token?: string;
  /** Who made it: 0 users, 1 the platform itself. */
  readonly controller?: number;
  readonly owner?: string;
};

/** A run of indexing. */
export type RepoEvent = {
  readonly repo_event_id?: string;
  readonly repo_id?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly status?: "pending" | "successful" | "failed";
  /** Packages that it has listed so far; what has not changed is not listed again. */
  readonly listed?: number;
  /** Why it failed, or what it has skipped and why. */
  readonly result?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  readonly owner?: string;
};

/** A label of a repository. */
export type RepoLabel = {
  readonly label_key?: string;
  readonly label_value?: string;
  readonly create_time?: string;
};

/** A selector of a repository. */
export type RepoSelector = {
  readonly selector_key?: string;
  readonly selector_value?: string;
  readonly create_time?: string;
};

/** A category that something is in, or was. */
export type ResourceCategory = {
  readonly category_id?: string;
  readonly name?: string;
  /** Its name by language, as a JSON text. */
  readonly locale?: string;
  readonly status?: "enabled" | "disabled";
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
};

/** The refresh token whose session is to end; the client may also be named by HTTP Basic authentication. */
export type RevokeTokenRequest = {
  readonly token: Secret;
  readonly token_type_hint?: Line;
  readonly client_id?: Id;
  /** The client's secret. */
  readonly client_secret?: Secret;
};

/** A role. */
export type Role = {
  readonly role_id?: string;
  readonly role_name?: string;
  readonly description?: string;
  /** global_admin, isv or user: where the role works. */
  readonly portal?: string;
  readonly owner?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly status?: string;
  /** self for the roles that the platform brings along. */
  readonly controller?: string;
  readonly create_time?: string;
  readonly update_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
};

/** The resources that a role is to have. */
export type RoleResource = {
  readonly role?: Line;
  readonly cpu?: number;
  readonly gpu?: number;
  /** In MiB. */
  readonly memory?: number;
  /** How many nodes, for roles that a chart has; others get nodes by AddClusterNodes. */
  readonly instance_size?: number;
  /** In GiB. */
  readonly storage_size?: number;
};

/** A place to deploy to. */
export type Runtime = {
  readonly runtime_id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly provider?: string;
  readonly runtime_credential_id?: string;
  /** A region or zone of a cloud, or a namespace on Kubernetes. */
  readonly zone?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly status?: "active" | "deleted";
  /** Whether the provider runs now. Actions wait for it until their deadline. */
  readonly provider_status?: "available" | "unavailable";
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  /** Made for a trial by a developer. */
  readonly debug?: boolean;
  readonly owner?: string;
};

/** The key to a provider. */
export type RuntimeCredential = {
  readonly runtime_credential_id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly runtime_url?: string;
  /** Shown as asterisks. */
  readonly runtime_credential_content?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly provider?: string;
  readonly status?: "active" | "deleted";
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  /** Made for a trial by a developer. */
  readonly debug?: boolean;
  readonly owner?: string;
};

/** A password, or another secret that its owner chose. A new password has 12 to 128 characters, and is not among those that are guessed first. */
export type Secret = string;

/** What an aggregate or a document was at a moment. */
export type StateAtResult = {
  readonly of: string;
  /** The last event in it; absent if it did not exist yet. */
  readonly event_id?: string;
  readonly time?: string;
  /** Events that are folded. */
  readonly events: number;
  /** Without secrets. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** The event that set each field last. */
  readonly set_by?: Readonly<Record<string, string>>;
};

/** A subnet of a cloud. */
export type Subnet = {
  readonly subnet_id?: string;
  readonly name?: string;
  /** A region or zone of a cloud, or a namespace on Kubernetes. */
  readonly zone?: string;
  readonly create_time?: string;
  readonly description?: string;
  readonly instance_id?: readonly string[];
  readonly vpc_id?: string;
  readonly subnet_type?: number;
};

/** How long after the end of an indexing the next one starts: at least 300, 0 for never, -1 for as long as the platform's settings say. */
export type SyncSeconds = number;

/** A step of a job. */
export type Task = {
  readonly task_id?: string;
  readonly job_id?: string;
  /** What it does. */
  readonly task_action?: string;
  /** The user who asked for the job. */
  readonly actor?: string;
  readonly status?: "pending" | "working" | "successful" | "failed";
  /** 0 for none. */
  readonly error_code?: number;
  /** What it has to do, as a JSON text. */
  readonly directive?: string;
  /** The instance that runs it. */
  readonly executor?: string;
  /** The owner's group path. */
  readonly owner_path?: string;
  readonly target?: string;
  readonly node_id?: string;
  readonly create_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
  /** The job goes on if it fails. */
  readonly failure_allowed?: boolean;
  readonly owner?: string;
};

/** Lines without control characters, except tabs. */
export type Text = string;

/** The proof by which a token is asked for; the client may also be named by HTTP Basic authentication. */
export type TokenRequest = {
  readonly grant_type: "client_credentials" | "password" | "refresh_token";
  readonly client_id?: Id;
  /** The client's secret. */
  readonly client_secret?: Secret;
  readonly scope?: Line;
  /** In the password grant, the e-mail. */
  readonly username?: Line;
  readonly password?: Secret;
  readonly refresh_token?: Secret;
};

/** A topic of events. */
export type TopicResult = {
  readonly topic: string;
  /** Who announces. */
  readonly service: string;
  readonly readers: "public" | "internal" | "platform";
  /** 0: there is no such topic. */
  readonly partitions: number;
  readonly records: number;
  /** Records that its beginning has lost. */
  readonly removed: number;
  /** The services that read it. */
  readonly read?: readonly string[];
};

/** A user. */
export type User = {
  readonly user_id?: string;
  readonly username?: string;
  readonly email?: string;
  readonly phone_number?: string;
  readonly description?: string;
  readonly status?: string;
  readonly create_time?: string;
  readonly update_time?: string;
  /** When the status last changed. */
  readonly status_time?: string;
};

/** A user, with roles and groups. */
export type UserDetail = {
  readonly user?: User;
  readonly role_set?: readonly Role[];
  readonly group_set?: readonly Group[];
};

export type Webhook = {
  readonly webhook_id?: string;
  readonly url?: string;
  readonly description?: string;
  /** The types that are sent; absent for all. */
  readonly event_type?: readonly string[];
  /** enabled, disabled or deleted. */
  readonly status?: string;
  /** Until when messages are signed with the former secret, too. */
  readonly former_until?: string;
  /** From when events were sent again the last time. */
  readonly replay_since?: string;
  readonly owner?: string;
  readonly owner_path?: string;
  readonly create_time?: string;
  readonly status_time?: string;
};

/** A message of a webhook. */
export type WebhookDelivery = {
  readonly event_id: string;
  /** gap: the log no longer holds everything since then. */
  readonly event_type: string;
  readonly status: "delivered" | "failed" | "waiting" | "parked" | "gap";
  readonly attempts?: number;
  /** Of an attempt. */
  readonly time?: string;
  /** When it is sent again, of what waits. */
  readonly next_time?: string;
  /** What the address answered with. */
  readonly response_status?: number;
  readonly took_milliseconds?: number;
  /** Why it was not delivered. */
  readonly reason?: string;
};

export type WebhookSecret = {
  readonly webhook_id: string;
  /** whsec_ and the key in base64; it is not shown again. */
  readonly secret: string;
  /** Until when messages are signed with the former secret, too. */
  readonly former_until?: string;
};

/** The request (query, path and body combined) and the answer of each operation. */
export type Operations = {
  /** Add nodes to a role */
  AddClusterNodes: {
    request: {
      readonly cluster_id: Id;
      readonly role?: Line;
      readonly node_count: number;
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: string;
      readonly job_id?: string;
    };
  };
  /** Pass a version as administrator */
  AdminPassAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Reject a version as administrator */
  AdminRejectAppVersion: {
    request: {
      readonly version_id: Id;
      readonly message: Text;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Give users a role */
  BindUserRole: {
    request: {
      readonly user_id: readonly Id[];
      readonly role_id: readonly Id[];
    };
    answer: {
      readonly user_id?: readonly string[];
      readonly role_id?: readonly string[];
    };
  };
  /** Pass the business review */
  BusinessPassAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Reject in the business review */
  BusinessRejectAppVersion: {
    request: {
      readonly version_id: Id;
      readonly message: Text;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Begin the business review */
  BusinessReviewAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Ask whether a user may call an operation */
  CanDo: {
    request: {
      readonly user_id: Id;
      readonly url?: Address;
      /** The HTTP method. */
      readonly url_method?: Id;
      /** The operationId. */
      readonly api_method?: Id;
    };
    answer: {
      readonly user_id?: string;
      /** The group path whose rows the user sees; empty for all. */
      readonly access_path?: string;
      /** The owner's group path. */
      readonly owner_path?: string;
    };
  };
  /** Withdraw a version from review */
  CancelAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Remove clusters for good */
  CeaseClusters: {
    request: {
      readonly cluster_id: readonly Id[];
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
      /** Do it even if something stands against it. */
      readonly force?: boolean;
      /** Seconds that what runs is given to end. */
      readonly grace_period?: number;
    };
    answer: {
      readonly cluster_id?: readonly string[];
      readonly job_id?: readonly string[];
    };
  };
  /** Set a new password */
  ChangePassword: {
    request: {
      readonly new_password: Secret;
      readonly reset_id: Id;
    };
    answer: {
      readonly user_id?: string;
    };
  };
  /** Create an application */
  CreateApp: {
    request: {
      readonly name: Line;
      readonly version_type: "vmbased" | "helm";
      /** The package, an archive in base64. */
      readonly version_package: string;
      readonly version_name?: Line;
      /** An image, in base64. */
      readonly icon?: string;
      /** Ignored: an application belongs to its owner's vendor. */
      readonly isv?: Id;
      readonly categories?: readonly Id[];
    };
    answer: {
      readonly app_id?: string;
      readonly version_id?: string;
    };
  };
  /** Add a version to an application */
  CreateAppVersion: {
    request: {
      readonly app_id: Id;
      readonly name?: Line;
      readonly description?: Text;
      readonly type: "vmbased" | "helm";
      /** The archive, in base64. */
      readonly package: string;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Create a category */
  CreateCategory: {
    request: {
      readonly name: Line;
      /** Its name by language, as a JSON text. */
      readonly locale: Text;
      readonly description?: Text;
      /** An image, in base64. */
      readonly icon?: string;
    };
    answer: {
      readonly category_id?: string;
    };
  };
  /** Create an API client */
  CreateClient: {
    request: {
      readonly user_id: Id;
    };
    answer: {
      readonly user_id?: string;
      readonly client_id?: string;
      readonly client_secret?: string;
    };
  };
  /** Deploy an application version */
  CreateCluster: {
    request: {
      readonly app_id: Id;
      readonly version_id: Id;
      readonly runtime_id: Id;
      /** The configuration, a JSON or YAML text that fits the version's template. */
      readonly conf: Document;
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
      /** A region or zone of a cloud, or a namespace on Kubernetes. */
      readonly zone?: Line;
      /** The name of a Helm release in this namespace, which nobody else's cluster has: the cluster takes it over, with the version's chart. Conf is laid over its present values, as helm lays one file of values over another. */
      readonly adopt_release?: string;
    };
    answer: {
      readonly cluster_id?: string;
      readonly job_id?: string;
    };
  };
  /** Create a group */
  CreateGroup: {
    request: {
      readonly parent_group_id?: Id;
      readonly name: Line;
      readonly description?: Text;
    };
    answer: {
      readonly group_id?: string;
    };
  };
  /** Look at what has happened */
  CreateInspection: {
    request: {
      readonly inspection: InspectionKind;
      /** Of audit, map, topics and events: only what is this service's. */
      readonly service?: Id;
      /** Of an audit, or of events: only this stream. */
      readonly stream?: CauseId;
      /** Of an audit: this part of the streams, in percent, drawn anew each time. */
      readonly sample?: number;
      /** Of an audit: only whether the log is whole; stores and read models are not asked. */
      readonly log_only?: boolean;
      /** For at: a stream, cluster/cl-x7, or a document, cluster/clusters/cl-x7. */
      readonly what?: CauseId;
      /** For at: a time, a duration before now (5m), or the id of an event; now if absent. */
      readonly when?: CauseId;
      /** Of a map, or of events: the last so many seconds; all if absent. */
      readonly seconds?: number;
      /** Of events: only this type. */
      readonly type?: Id;
      /** Of events: only what this request has set going. */
      readonly correlation?: Line;
      /** Of events: the newest so many of each service; 100 if absent. */
      readonly limit?: number;
    };
    answer: Inspection;
  };
  /** Begin a change of password */
  CreatePasswordReset: {
    request: {
      readonly user_id: Id;
      readonly password: Secret;
    };
    answer: {
      readonly user_id?: string;
      readonly reset_id?: string;
    };
  };
  /** Register a repository */
  CreateRepo: {
    request: {
      readonly name: Line;
      readonly description?: Text;
      /** How it is reached; oci for one chart of a registry, `oci://host/path/chart`. */
      readonly type: "http" | "https" | "s3" | "oci";
      readonly url: Address;
      /**
       * A JSON text, {} for none: username and password, if they are not in the URL; for s3 access_key_id and secret_access_key. In PEM: ca, the
       * authorities by which the server is verified instead of those that are known everywhere, and client_certificate with client_key. It takes
       * the place of the credential before.
       */
      readonly credential: Document;
      readonly visibility: "public" | "private";
      /** Where the applications run. Each must have announced itself; the index says itself whether it is one of Helm charts. */
      readonly providers: readonly Provider[];
      /** A query string of keys and values. */
      readonly labels?: Address;
      /** A query string of keys and values. */
      readonly selectors?: Address;
      readonly category_id?: Ids;
      /** The status of what is indexed. `active`, which skips the review, needs data level all. */
      readonly app_default_status?: "draft" | "active";
      readonly sync_seconds?: SyncSeconds;
    };
    answer: {
      readonly repo_id?: string;
    };
  };
  /** Make a token for SyncRepo */
  CreateRepoSyncToken: {
    request: {
      readonly repo_id: Id;
    };
    answer: {
      readonly repo_id?: string;
      /** 256 random bits in base64url. */
      readonly sync_token?: string;
    };
  };
  /** Create a role */
  CreateRole: {
    request: {
      readonly role_name: Line;
      readonly description?: Text;
      /** global_admin, isv or user: where the role works. */
      readonly portal: Line;
    };
    answer: {
      readonly role_id?: string;
    };
  };
  /** Create a runtime */
  CreateRuntime: {
    request: {
      readonly name: Line;
      readonly description?: Text;
      readonly provider: Provider;
      readonly runtime_credential_id: Id;
      /** A region or zone of a cloud, or a namespace on Kubernetes. */
      readonly zone: Line;
      readonly runtime_id?: Id;
    };
    answer: {
      readonly runtime_id?: string;
    };
  };
  /** Create a runtime credential */
  CreateRuntimeCredential: {
    request: {
      readonly runtime_url?: Address;
      /** A kubeconfig, or a JSON text with the provider's keys. */
      readonly runtime_credential_content: Document;
      readonly provider: Provider;
      readonly name: Line;
      readonly description?: Text;
      readonly runtime_credential_id?: Id;
    };
    answer: {
      readonly runtime_credential_id?: string;
    };
  };
  /** Create a user */
  CreateUser: {
    request: {
      readonly email: Line;
      readonly phone_number?: Line;
      readonly password: Secret;
      readonly role_id: Id;
      readonly description?: Text;
    };
    answer: {
      readonly user_id?: string;
    };
  };
  /** Have events sent to an address */
  CreateWebhook: {
    request: {
      /** https:// or http://, with a public address. */
      readonly url: Address;
      readonly description?: Text;
      /** ClusterActivated, or pitrix.cluster.ClusterActivated; all if absent. */
      readonly event_type?: readonly Id[];
    };
    answer: WebhookSecret;
  };
  /** Delete a version */
  DeleteAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Delete applications */
  DeleteApps: {
    request: {
      readonly app_id: readonly Id[];
    };
    answer: {
      readonly app_id?: readonly string[];
    };
  };
  /** Delete categories */
  DeleteCategories: {
    request: {
      readonly category_id: readonly Id[];
      /** Do it even if something stands against it. */
      readonly force?: boolean;
    };
    answer: {
      readonly category_id?: readonly string[];
    };
  };
  /** Remove nodes */
  DeleteClusterNodes: {
    request: {
      readonly cluster_id: Id;
      readonly node_id: readonly Id[];
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: string;
      readonly job_id?: string;
    };
  };
  /** Delete clusters */
  DeleteClusters: {
    request: {
      readonly cluster_id: readonly Id[];
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
      /** Do it even if something stands against it. */
      readonly force?: boolean;
      /** Seconds that what runs is given to end. */
      readonly grace_period?: number;
    };
    answer: {
      readonly cluster_id?: readonly string[];
      readonly job_id?: readonly string[];
    };
  };
  /** Delete groups */
  DeleteGroups: {
    request: {
      readonly group_id: readonly Id[];
    };
    answer: {
      readonly group_id?: readonly string[];
    };
  };
  /** Delete repositories */
  DeleteRepos: {
    request: {
      readonly repo_id: readonly Id[];
    };
    answer: {
      readonly repo_id?: readonly string[];
    };
  };
  /** Delete roles */
  DeleteRoles: {
    request: {
      readonly role_id: readonly Id[];
    };
    answer: {
      readonly role_id?: readonly string[];
    };
  };
  /** Delete runtime credentials */
  DeleteRuntimeCredentials: {
    request: {
      readonly runtime_credential_id: readonly Id[];
    };
    answer: {
      readonly runtime_credential_id?: readonly string[];
    };
  };
  /** Delete runtimes */
  DeleteRuntimes: {
    request: {
      readonly runtime_id: readonly Id[];
      /** Do it even if something stands against it. */
      readonly force?: boolean;
      /** Seconds that what runs is given to end. */
      readonly grace_period?: number;
    };
    answer: {
      readonly runtime_id?: readonly string[];
    };
  };
  /** Delete users */
  DeleteUsers: {
    request: {
      readonly user_id: readonly Id[];
    };
    answer: {
      readonly user_id?: readonly string[];
    };
  };
  /** Delete webhooks */
  DeleteWebhooks: {
    request: {
      readonly webhook_id: readonly Id[];
    };
    answer: {
      readonly webhook_id?: readonly string[];
    };
  };
  /** List the released versions */
  DescribeActiveAppVersions: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly version_id?: readonly Id[];
      readonly app_id?: readonly Id[];
      readonly name?: readonly Line[];
      readonly owner?: readonly Id[];
      readonly description?: readonly Text[];
      /** Where its package stands, relative to the repository. */
      readonly package_name?: readonly Line[];
      readonly status?: readonly Line[];
      readonly type?: readonly Line[];
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly app_version_set?: readonly AppVersion[];
    };
  };
  /** List the applications of the store */
  DescribeActiveApps: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly app_id?: readonly Id[];
      readonly name?: readonly Line[];
      readonly repo_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly owner?: readonly Id[];
      /** Its name in the index. */
      readonly chart_name?: readonly Line[];
      readonly category_id?: readonly Id[];
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      /** The vendor's user id. */
      readonly isv?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly app_set?: readonly App[];
    };
  };
  /** List clusters of applications */
  DescribeAppClusters: {
    request: {
      readonly app_id?: readonly Id[];
      readonly status?: readonly Line[];
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      readonly owner?: readonly Id[];
      /** With nodes, roles and links in the rows. */
      readonly with_detail?: boolean;
      /** Only what was created in the last so many days. */
      readonly created_date?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly cluster_set?: readonly Cluster[];
    };
  };
  /** List who changed the status of versions */
  DescribeAppVersionAudits: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly app_id?: readonly Id[];
      readonly version_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly operator?: readonly Id[];
      readonly operator_type?: readonly Line[];
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly app_version_audit_set?: readonly AppVersionAudit[];
    };
  };
  /** List reviews */
  DescribeAppVersionReviews: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly app_id?: readonly Id[];
      readonly version_id?: readonly Id[];
      readonly review_id?: readonly Id[];
      readonly status?: readonly Line[];
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      /** Who has the review in hand. */
      readonly reviewer?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly app_version_review_set?: readonly AppVersionReview[];
    };
  };
  /** List application versions */
  DescribeAppVersions: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly version_id?: readonly Id[];
      readonly app_id?: readonly Id[];
      readonly name?: readonly Line[];
      readonly owner?: readonly Id[];
      readonly description?: readonly Text[];
      /** Where its package stands, relative to the repository. */
      readonly package_name?: readonly Line[];
      readonly status?: readonly Line[];
      readonly type?: readonly Line[];
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly app_version_set?: readonly AppVersion[];
    };
  };
  /** List applications */
  DescribeApps: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly app_id?: readonly Id[];
      readonly name?: readonly Line[];
      readonly repo_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly owner?: readonly Id[];
      /** Its name in the index. */
      readonly chart_name?: readonly Line[];
      readonly category_id?: readonly Id[];
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly isv?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly app_set?: readonly App[];
    };
  };
  /** List categories */
  DescribeCategories: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly category_id?: readonly Id[];
      readonly name?: readonly Line[];
      readonly owner?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly category_set?: readonly Category[];
    };
  };
  /** List API clients */
  DescribeClients: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to skip. */
      readonly offset?: number;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      readonly client_id?: readonly Id[];
      readonly user_id?: readonly Id[];
      readonly status?: readonly Line[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly client_set?: readonly Client[];
    };
  };
  /** Read the log of a node */
  DescribeClusterNodeLogs: {
    request: {
      readonly node_id: Id;
      /** A task's id for the command that it ran; by default the log of the node's process. Of a pod, the name of a container, by default its first one; with /previous at the end, what it wrote before it was started again. */
      readonly name?: Line;
      /** At most so many bytes, 65536 by default. */
      readonly limit?: number;
    };
    answer: {
      readonly node_id?: string;
      /** Whose log it is: process, a task's id, or a container. */
      readonly name?: string;
      /** Empty if nothing was written. */
      readonly log?: string;
      /** The tasks whose commands have succeeded on this node, the last ones. */
      readonly task_id?: readonly string[];
    };
  };
  /** List the nodes of a cluster */
  DescribeClusterNodes: {
    request: {
      readonly cluster_id?: Id;
      readonly node_id?: readonly Id[];
      readonly status?: readonly Line[];
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      readonly owner?: readonly Id[];
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly cluster_node_set?: readonly ClusterNode[];
    };
  };
  /** List the revisions of clusters */
  DescribeClusterRevisions: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly cluster_id?: readonly Id[];
      readonly revision?: readonly number[];
      readonly version_id?: readonly Id[];
      readonly actor?: readonly Id[];
      readonly owner?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly cluster_revision_set?: readonly ClusterRevision[];
    };
  };
  /** List clusters */
  DescribeClusters: {
    request: {
      readonly cluster_id?: readonly Id[];
      readonly app_id?: readonly Id[];
      readonly version_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly runtime_id?: readonly Id[];
      readonly frontgate_id?: readonly Id[];
      readonly external_cluster_id?: Id;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      readonly owner?: readonly Id[];
      /** 0 is a normal cluster, 1 a frontgate. */
      readonly cluster_type?: Line;
      /** With nodes, roles and links in the rows. */
      readonly with_detail?: boolean;
      /** Only what was created in the last so many days. */
      readonly created_date?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      /** A region or zone of a cloud, or a namespace on Kubernetes. */
      readonly zone?: readonly Line[];
      /** Only what was created since. */
      readonly min_create_time?: string;
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly cluster_set?: readonly Cluster[];
    };
  };
  /** List groups */
  DescribeGroups: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly root_group_id?: readonly Id[];
      readonly parent_group_id?: readonly Id[];
      readonly group_id?: readonly Id[];
      /** The ids from the root down to the group. */
      readonly group_path?: readonly Address[];
      readonly group_name?: readonly Line[];
      readonly status?: readonly Line[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly group_set?: readonly Group[];
    };
  };
  /** List groups with their members */
  DescribeGroupsDetail: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly root_group_id?: readonly Id[];
      readonly parent_group_id?: readonly Id[];
      readonly group_id?: readonly Id[];
      /** The ids from the root down to the group. */
      readonly group_path?: readonly Address[];
      readonly group_name?: readonly Line[];
      readonly status?: readonly Line[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly group_detail_set?: readonly GroupDetail[];
    };
  };
  /** List inspections */
  DescribeInspections: {
    request: Readonly<Record<string, never>>;
    answer: {
      readonly inspection_set?: readonly Inspection[];
    };
  };
  /** List jobs */
  DescribeJobs: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly job_id?: readonly Id[];
      readonly cluster_id?: Id;
      readonly app_id?: Id;
      readonly version_id?: Id;
      /** The instance that runs it. */
      readonly executor?: Id;
      readonly provider?: Line;
      readonly runtime_id?: Id;
      readonly status?: readonly Line[];
      readonly owner?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly job_set?: readonly Job[];
    };
  };
  /** List parked streams */
  DescribeParkedStreams: {
    request: {
      readonly service?: Id;
      /** A read model's collection, or reactions. */
      readonly subscription?: Id;
      readonly stream?: CauseId;
      /** The type of the event that failed. */
      readonly type?: Id;
      /** A part of the reason. */
      readonly reason?: Line;
      /** Parked for longer than this. */
      readonly older_than_seconds?: number;
    };
    answer: ParkedStreams;
  };
  /** See how the platform is */
  DescribePlatform: {
    request: Readonly<Record<string, never>>;
    answer: Platform;
  };
  /** List read models and how far their collections are */
  DescribeReadModels: {
    request: {
      readonly service?: Id;
      readonly model?: Id;
    };
    answer: ReadModels;
  };
  /** List indexing runs */
  DescribeRepoEvents: {
    request: {
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly repo_event_id?: readonly Id[];
      readonly repo_id?: readonly Id[];
      readonly owner?: readonly Id[];
      readonly status?: readonly Line[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly repo_event_set?: readonly RepoEvent[];
    };
  };
  /** List repositories */
  DescribeRepos: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly repo_id?: readonly Id[];
      readonly name?: readonly Line[];
      readonly type?: readonly Line[];
      readonly visibility?: readonly Line[];
      readonly status?: readonly Line[];
      readonly provider?: readonly Line[];
      readonly label?: Address;
      readonly selector?: Address;
      readonly category_id?: readonly Id[];
      readonly owner?: readonly Id[];
      /** The status of what is indexed. */
      readonly app_default_status?: readonly Line[];
      readonly user_id?: Id;
      /** Who made it: 0 users, 1 the platform itself. */
      readonly controller?: number;
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly repo_set?: readonly Repo[];
    };
  };
  /** List roles */
  DescribeRoles: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to skip. */
      readonly offset?: number;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      readonly role_id?: readonly Id[];
      readonly role_name?: readonly Line[];
      /** global_admin, isv or user: where the role works. */
      readonly portal?: readonly Line[];
      readonly status?: readonly Line[];
      readonly action_bundle_id?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly role_set?: readonly Role[];
    };
  };
  /** List runtime credentials */
  DescribeRuntimeCredentials: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly runtime_credential_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly provider?: readonly Line[];
      readonly owner?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly runtime_credential_set?: readonly RuntimeCredential[];
    };
  };
  /** List the zones that a credential opens */
  DescribeRuntimeProviderZones: {
    request: {
      readonly runtime_credential_id: Id;
    };
    answer: {
      readonly runtime_credential_id?: string;
      /** A region or zone of a cloud, or a namespace on Kubernetes. */
      readonly zone?: readonly string[];
    };
  };
  /** List runtimes */
  DescribeRuntimes: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly runtime_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly provider?: readonly Line[];
      readonly owner?: readonly Id[];
      readonly runtime_credential_id?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly runtime_set?: readonly Runtime[];
    };
  };
  /** List tasks */
  DescribeTasks: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly task_id?: readonly Id[];
      readonly job_id?: readonly Id[];
      /** The instance that runs it. */
      readonly executor?: Id;
      readonly target?: Id;
      readonly status?: readonly Line[];
      readonly owner?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly task_set?: readonly Task[];
    };
  };
  /** List users */
  DescribeUsers: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly root_group_id?: readonly Id[];
      readonly group_id?: readonly Id[];
      readonly user_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly role_id?: readonly Id[];
      readonly username?: readonly Line[];
      readonly email?: readonly Line[];
      readonly phone_number?: readonly Line[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly user_set?: readonly User[];
    };
  };
  /** List users with their roles and groups */
  DescribeUsersDetail: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      readonly root_group_id?: readonly Id[];
      readonly group_id?: readonly Id[];
      readonly user_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly role_id?: readonly Id[];
      readonly username?: readonly Line[];
      readonly email?: readonly Line[];
      readonly phone_number?: readonly Line[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly user_detail_set?: readonly UserDetail[];
    };
  };
  /** List webhooks */
  DescribeWebhooks: {
    request: {
      /** Rows that contain it in one of their searched columns; ids match exactly. */
      readonly search_word?: Line;
      /** The column to sort by; create_time if absent or unknown. */
      readonly sort_key?: Id;
      /** Only an explicit false sorts ascending. */
      readonly reverse?: boolean;
      /** How many rows to answer; above 200 counts as 200. */
      readonly limit?: number;
      /** How many rows to skip. */
      readonly offset?: number;
      /** The fields to answer; all if absent. */
      readonly display_columns?: readonly Id[];
      readonly webhook_id?: readonly Id[];
      readonly status?: readonly Line[];
      readonly owner?: readonly Id[];
    };
    answer: {
      /** How many rows the filters match; absent for none. */
      readonly total_count?: number;
      readonly webhook_set?: readonly Webhook[];
    };
  };
  /** Compare two revisions of a cluster */
  DiffClusterRevisions: {
    request: {
      readonly cluster_id: Id;
      readonly from: number;
      readonly to: number;
    };
    answer: {
      readonly cluster_id?: string;
      readonly from?: number;
      readonly to?: number;
      readonly difference_set?: readonly Difference[];
    };
  };
  /** Give up the event that has parked a stream */
  DiscardParkedEvent: {
    request: {
      readonly service: Id;
      readonly subscription: Id;
      readonly stream: CauseId;
      readonly event_id: CauseId;
      readonly reason: Line;
    };
    answer: ParkedStreams;
  };
  /** Count applications and repositories */
  GetAppStatistics: {
    request: Readonly<Record<string, never>>;
    answer: {
      /** How many were created, by day. */
      readonly last_two_week_created?: Readonly<Record<string, number>>;
      readonly top_ten_repos?: Readonly<Record<string, number>>;
      readonly app_count?: number;
      readonly repo_count?: number;
    };
  };
  /** Download a version's package */
  GetAppVersionPackage: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly package?: string;
      readonly app_id?: string;
      readonly version_id?: string;
    };
  };
  /** Read files of a version's package */
  GetAppVersionPackageFiles: {
    request: {
      readonly version_id: Id;
      /** By path, in base64. */
      readonly files?: readonly Address[];
    };
    answer: {
      /** By path, in base64. */
      readonly files?: Readonly<Record<string, string>>;
      readonly version_id?: string;
    };
  };
  /** Get a file of an attachment */
  GetAttachment: {
    request: {
      /** The attachment. */
      readonly attachment_id: Id;
      /** Which of its files. */
      readonly filename?: Line;
    };
    answer: {
      readonly content?: string;
      readonly etag?: string;
    };
  };
  /** Get a file of an attachment as it is */
  GetAttachmentFile: {
    request: {
      /** The attachment. */
      readonly attachment_id: Id;
      /** Which of its files: raw, or the name that it has. */
      readonly filename: Line;
    };
    answer: Uint8Array;
  };
  /** Count clusters and runtimes */
  GetClusterStatistics: {
    request: Readonly<Record<string, never>>;
    answer: {
      /** How many were created, by day. */
      readonly last_two_week_created?: Readonly<Record<string, number>>;
      readonly top_ten_runtimes?: Readonly<Record<string, number>>;
      readonly cluster_count?: number;
      readonly runtime_count?: number;
      readonly top_ten_apps?: Readonly<Record<string, number>>;
    };
  };
  /** See what a request has set going */
  GetCommand: {
    request: {
      /** The X-Request-Id of a request, a job's id, or the id of an event, as in cluster/cl-x7@12. */
      readonly id: CauseId;
    };
    answer: Command;
  };
  /** See how far an inspection is, and what it has found */
  GetInspection: {
    request: {
      readonly inspection_id: Id;
    };
    answer: Inspection;
  };
  /** See the events of a parked stream */
  GetParkedEvents: {
    request: {
      readonly service: Id;
      readonly stream: CauseId;
      readonly subscription?: Id;
      readonly limit?: number;
    };
    answer: {
      readonly total_count?: number;
      readonly parked_event_set?: readonly ParkedEvent[];
    };
  };
  /** Look up a password reset */
  GetPasswordReset: {
    request: {
      readonly reset_id: Id;
    };
    answer: {
      readonly reset_id?: string;
      readonly user_id?: string;
    };
  };
  /** Get a role */
  GetRole: {
    request: {
      readonly role_id: Id;
    };
    answer: {
      readonly role?: Role;
    };
  };
  /** Get what a role may do */
  GetRoleModule: {
    request: {
      readonly role_id: Id;
    };
    answer: {
      readonly role_id?: string;
      readonly module?: Module;
    };
  };
  /** Count runtimes and providers */
  GetRuntimeStatistics: {
    request: Readonly<Record<string, never>>;
    answer: {
      /** How many were created, by day. */
      readonly last_two_week_created?: Readonly<Record<string, number>>;
      readonly top_ten_providers?: Readonly<Record<string, number>>;
      readonly runtime_count?: number;
      readonly provider_count?: number;
    };
  };
  /** See what was sent, what waits and what is parked */
  GetWebhookDeliveries: {
    request: {
      readonly webhook_id: Id;
      /** 100 if absent, at most 200. */
      readonly limit?: number;
    };
    answer: {
      readonly delivery_set?: readonly WebhookDelivery[];
    };
  };
  /** Index a repository */
  IndexRepo: {
    request: {
      readonly repo_id: Id;
    };
    answer: {
      readonly repo_event?: RepoEvent;
      readonly repo_id?: string;
    };
  };
  /** Create a user as a vendor */
  IsvCreateUser: {
    request: {
      readonly email: Line;
      readonly phone_number?: Line;
      readonly password: Secret;
      readonly role_id: Id;
      readonly description?: Text;
    };
    answer: {
      readonly user_id?: string;
    };
  };
  /** Pass the vendor's review */
  IsvPassAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Reject in the vendor's review */
  IsvRejectAppVersion: {
    request: {
      readonly version_id: Id;
      readonly message: Text;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Begin the vendor's review */
  IsvReviewAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Put users into groups */
  JoinGroup: {
    request: {
      readonly group_id: readonly Id[];
      readonly user_id: readonly Id[];
    };
    answer: {
      readonly group_id?: readonly string[];
      readonly user_id?: readonly string[];
    };
  };
  /** Take users out of groups */
  LeaveGroup: {
    request: {
      readonly group_id: readonly Id[];
      readonly user_id: readonly Id[];
    };
    answer: {
      readonly group_id?: readonly string[];
      readonly user_id?: readonly string[];
    };
  };
  /** Limit what an API client's tokens may be used for */
  LimitClient: {
    request: {
      readonly client_id: Id;
      readonly action_bundle_id?: readonly Id[];
    };
    answer: {
      readonly client_id?: string;
    };
  };
  /** Change an application */
  ModifyApp: {
    request: {
      readonly app_id: Id;
      readonly name?: Line;
      readonly description?: Text;
      readonly home?: Address;
      readonly maintainers?: Document;
      readonly sources?: Document;
      readonly readme?: Document;
      /** A short description. */
      readonly abstraction?: Text;
      /** Terms of service. */
      readonly tos?: Document;
      readonly category_id?: Ids;
      readonly keywords?: Document;
    };
    answer: {
      readonly app_id?: string;
    };
  };
  /** Change a version */
  ModifyAppVersion: {
    request: {
      readonly version_id: Id;
      readonly name?: Line;
      readonly description?: Text;
      readonly package?: string;
      /** Files to replace, by path, in base64. */
      readonly package_files?: Readonly<Record<string, string>>;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Change a category */
  ModifyCategory: {
    request: {
      readonly category_id: Id;
      readonly name?: Line;
      /** Its name by language, as a JSON text. */
      readonly locale?: Text;
      readonly description?: Text;
      /** An image, in base64. */
      readonly icon?: string;
    };
    answer: {
      readonly category_id?: string;
    };
  };
  /** Rename or describe a cluster */
  ModifyClusterAttributes: {
    request: {
      readonly cluster_id: Id;
      readonly name?: Line;
      readonly description?: Text;
    };
    answer: {
      readonly cluster_id?: string;
    };
  };
  /** Rename a node */
  ModifyClusterNodeAttributes: {
    request: {
      readonly node_id: Id;
      readonly name?: Line;
    };
    answer: {
      readonly node_id?: string;
    };
  };
  /** Change a group */
  ModifyGroup: {
    request: {
      readonly group_id: Id;
      readonly name?: Line;
      readonly description?: Text;
      readonly parent_group_id?: Id;
    };
    answer: {
      readonly group_id?: string;
    };
  };
  /** Change a repository */
  ModifyRepo: {
    request: {
      readonly repo_id: Id;
      readonly name?: Line;
      readonly description?: Text;
      /** How it is reached; oci for one chart of a registry, `oci://host/path/chart`. */
      readonly type?: "http" | "https" | "s3" | "oci";
      readonly url?: Address;
      /**
       * A JSON text, {} for none: username and password, if they are not in the URL; for s3 access_key_id and secret_access_key. In PEM: ca, the
       * authorities by which the server is verified instead of those that are known everywhere, and client_certificate with client_key. It takes
       * the place of the credential before.
       */
      readonly credential?: Document;
      readonly visibility?: "public" | "private";
      /** Where the applications run. Each must have announced itself; the index says itself whether it is one of Helm charts. */
      readonly providers?: readonly Provider[];
      /** A query string of keys and values. */
      readonly labels?: Address;
      /** A query string of keys and values. */
      readonly selectors?: Address;
      readonly category_id?: Ids;
      /** The status of what is indexed. `active` needs data level all, and becomes `draft` with another url. */
      readonly app_default_status?: "draft" | "active";
      readonly sync_seconds?: SyncSeconds;
    };
    answer: {
      readonly repo_id?: string;
    };
  };
  /** Change a role */
  ModifyRole: {
    request: {
      readonly role_id: Id;
      readonly role_name?: Line;
      readonly description?: Text;
    };
    answer: {
      readonly role_id?: string;
    };
  };
  /** Set what a role may do */
  ModifyRoleModule: {
    request: {
      readonly role_id: Id;
      readonly module?: Module;
    };
    answer: {
      readonly role_id?: string;
    };
  };
  /** Change a runtime */
  ModifyRuntime: {
    request: {
      readonly runtime_id: Id;
      readonly name?: Line;
      readonly description?: Text;
      readonly runtime_credential_id?: Id;
    };
    answer: {
      readonly runtime_id?: string;
    };
  };
  /** Change a runtime credential */
  ModifyRuntimeCredential: {
    request: {
      readonly runtime_credential_id: Id;
      readonly name?: Line;
      readonly description?: Text;
      /** A kubeconfig, or a JSON text with the provider's keys. */
      readonly runtime_credential_content?: Document;
    };
    answer: {
      readonly runtime_credential_id?: string;
    };
  };
  /** Change a user */
  ModifyUser: {
    request: {
      readonly user_id: Id;
      readonly email?: Line;
      readonly username?: Line;
      readonly description?: Text;
      readonly password?: Secret;
      readonly phone_number?: Line;
    };
    answer: {
      readonly user_id?: string;
    };
  };
  /** Change a webhook, or have events sent again */
  ModifyWebhook: {
    request: {
      readonly webhook_id: Id;
      readonly url?: Address;
      readonly description?: Text;
      readonly event_type?: readonly Id[];
      /** Whether anything is sent. What happens meanwhile is sent afterwards. */
      readonly enabled?: boolean;
      readonly replay_since?: string;
    };
    answer: {
      readonly webhook_id?: string;
    };
  };
  /** Fill a read model anew, compare, switch */
  MoveReadModel: {
    request: {
      readonly service: Id;
      readonly model: Id;
      readonly action: "rebuild" | "verify" | "promote" | "rollback" | "abort";
      readonly collection?: Id;
      /** Most records a second; as many as possible if absent. */
      readonly rate?: number;
      /** Reads the service's own event store, if all sources are its own; the log if absent. */
      readonly source?: "store";
      /** Folds only these streams, and copies the others from the live collection. One such bound at a time. */
      readonly streams?: readonly CauseId[];
      /** The same for the streams of these partitions. */
      readonly partitions?: readonly number[];
      /** The same for streams with an event since then. */
      readonly since?: string;
      /** Folds only what had happened by then: to look at, and never to promote. */
      readonly until?: string;
      /** Fields in which the two may differ. */
      readonly may_differ?: readonly Id[];
      /** Reads fewer while the live collection is slower than before, in the place of a rate. */
      readonly auto_rate?: boolean;
      /** Of the plan that is carried out: refused if the read model has changed since. */
      readonly generation?: number;
      /** Promote it as it is, also if it differs. */
      readonly unverified?: boolean;
    };
    answer: ReadModels;
  };
  /** See what filling a read model anew would read and take */
  PlanReadModel: {
    request: {
      readonly service: Id;
      readonly model: Id;
      /** Most records a second; as many as possible if absent. */
      readonly rate?: number;
      /** Reads the service's own event store, if all sources are its own; the log if absent. */
      readonly source?: "store";
      /** Folds only these streams, and copies the others from the live collection. One such bound at a time. */
      readonly streams?: readonly CauseId[];
      /** The same for the streams of these partitions. */
      readonly partitions?: readonly number[];
      /** The same for streams with an event since then. */
      readonly since?: string;
      /** Folds only what had happened by then: to look at, and never to promote. */
      readonly until?: string;
      /** Fields in which the two may differ. */
      readonly may_differ?: readonly Id[];
      /** Reads fewer while the live collection is slower than before, in the place of a rate. */
      readonly auto_rate?: boolean;
    };
    answer: ReadModelPlan;
  };
  /** See what an upgrade would change */
  PreviewClusterUpgrade: {
    request: {
      readonly cluster_id: Id;
      readonly version_id: Id;
    };
    answer: {
      readonly cluster_id?: string;
      readonly version_id?: string;
      readonly difference_set?: readonly Difference[];
    };
  };
  /** Bring a suspended version back */
  RecoverAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Bring deleted clusters back */
  RecoverClusters: {
    request: {
      readonly cluster_id: readonly Id[];
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: readonly string[];
      readonly job_id?: readonly string[];
    };
  };
  /** Try parked streams again */
  RedriveParkedStreams: {
    request: {
      readonly service?: Id;
      readonly subscription?: Id;
      readonly stream?: CauseId;
      readonly type?: Id;
      readonly reason?: Line;
      readonly older_than_seconds?: number;
      /** Every parked stream; needed if no other field selects. */
      readonly all?: boolean;
      /** Only says which they are. */
      readonly dry_run?: boolean;
    };
    answer: ParkedStreams;
  };
  /** Send again what is parked */
  RedriveWebhook: {
    request: {
      readonly webhook_id: Id;
    };
    answer: {
      readonly webhook_id?: string;
      readonly redriven?: number;
    };
  };
  /** Release a version to the store */
  ReleaseAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Give the roles of a cluster other resources */
  ResizeCluster: {
    request: {
      readonly cluster_id: Id;
      /** The resources by role. */
      readonly role_resource?: readonly RoleResource[];
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: string;
      readonly job_id?: string;
    };
  };
  /** Revoke API clients */
  RevokeClients: {
    request: {
      readonly client_id: readonly Id[];
    };
    answer: {
      readonly client_id?: readonly string[];
    };
  };
  /** Make the token for SyncRepo useless */
  RevokeRepoSyncToken: {
    request: {
      readonly repo_id: Id;
    };
    answer: {
      readonly repo_id?: string;
    };
  };
  /** Sign out */
  RevokeToken: {
    request: {
      readonly token: Secret;
      readonly token_type_hint?: Line;
      readonly client_id?: Id;
      /** The client's secret. */
      readonly client_secret?: Secret;
    };
    answer: Readonly<Record<string, never>>;
  };
  /** Roll a cluster back */
  RollbackCluster: {
    request: {
      readonly cluster_id: Id;
      /** The revision's number. */
      readonly revision?: number;
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: string;
      readonly job_id?: string;
    };
  };
  /** Give a webhook another secret */
  RotateWebhookSecret: {
    request: {
      readonly webhook_id: Id;
    };
    answer: WebhookSecret;
  };
  /** Start clusters */
  StartClusters: {
    request: {
      readonly cluster_id: readonly Id[];
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: readonly string[];
      readonly job_id?: readonly string[];
    };
  };
  /** Stop clusters */
  StopClusters: {
    request: {
      readonly cluster_id: readonly Id[];
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: readonly string[];
      readonly job_id?: readonly string[];
    };
  };
  /** Stop an inspection */
  StopInspection: {
    request: {
      readonly inspection_id: Id;
    };
    answer: Inspection;
  };
  /** Follow events as they happen */
  StreamEvents: {
    request: {
      /** ClusterActivated, or pitrix.cluster.ClusterActivated. */
      readonly type?: readonly Id[];
      /** Streams, such as cluster/cl-x7. */
      readonly subject?: readonly Line[];
      /** What a request has set going, by its X-Request-Id. */
      readonly correlation?: readonly Line[];
      /** What belongs to a job. */
      readonly job?: readonly Id[];
      /** Begins with the events since this time, and not now. Last-Event-ID counts more. */
      readonly since?: string;
    };
    answer: CloudEvent;
  };
  /** Submit a version for review */
  SubmitAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Take a version off the store */
  SuspendAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Have a repository indexed by its token, as a webhook */
  SyncRepo: {
    request: {
      /** The repository. */
      readonly repo_id: Id;
      /** The token. */
      readonly token?: Line;
    };
    answer: {
      readonly repo_id?: string;
    };
  };
  /** Pass the technical review */
  TechnicalPassAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Reject in the technical review */
  TechnicalRejectAppVersion: {
    request: {
      readonly version_id: Id;
      readonly message: Text;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Begin the technical review */
  TechnicalReviewAppVersion: {
    request: {
      readonly version_id: Id;
    };
    answer: {
      readonly version_id?: string;
    };
  };
  /** Send a test event */
  TestWebhook: {
    request: {
      readonly webhook_id: Id;
    };
    answer: {
      readonly delivered: boolean;
      readonly response_status?: number;
      /** Why it was not delivered. */
      readonly reason?: string;
    };
  };
  /** Get an access token */
  Token: {
    request: {
      readonly grant_type: "client_credentials" | "password" | "refresh_token";
      readonly client_id?: Id;
      /** The client's secret. */
      readonly client_secret?: Secret;
      readonly scope?: Line;
      /** In the password grant, the e-mail. */
      readonly username?: Line;
      readonly password?: Secret;
      readonly refresh_token?: Secret;
    };
    answer: {
      readonly token_type?: string;
      /** Seconds. */
      readonly expires_in?: number;
      readonly access_token?: string;
      readonly refresh_token?: string;
      readonly id_token?: string;
    };
  };
  /** Take roles from users */
  UnbindUserRole: {
    request: {
      readonly user_id: readonly Id[];
      readonly role_id: readonly Id[];
    };
    answer: {
      readonly user_id?: readonly string[];
      readonly role_id?: readonly string[];
    };
  };
  /** Change the configuration of a cluster */
  UpdateClusterEnv: {
    request: {
      readonly cluster_id: Id;
      /** The configuration, as a JSON or YAML text. */
      readonly env: Document;
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: string;
      readonly job_id?: string;
    };
  };
  /** Upgrade a cluster to another version */
  UpgradeCluster: {
    request: {
      readonly cluster_id: Id;
      readonly version_id: Id;
      /** Passed on to the provider. */
      readonly advanced_param?: readonly Text[];
    };
    answer: {
      readonly cluster_id?: string;
      readonly job_id?: string;
    };
  };
  /** Upload an icon or a screenshot */
  UploadAppAttachment: {
    request: {
      readonly app_id: Id;
      readonly type?: "icon" | "screenshot";
      /** The image, in base64. */
      readonly attachment_content?: string;
      /** The number of the screenshot. */
      readonly sequence?: number;
    };
    answer: {
      readonly app_id?: string;
    };
  };
  /** Check a package */
  ValidatePackage: {
    request: {
      readonly version_type: "vmbased" | "helm";
      /** The package, an archive in base64. */
      readonly version_package: string;
    };
    answer: {
      /** What is wrong, by file. */
      readonly error_details?: Readonly<Record<string, string>>;
      readonly error?: string;
      readonly name?: string;
      readonly version_name?: string;
      readonly url?: string;
      readonly description?: string;
    };
  };
  /** Try to read a repository */
  ValidateRepo: {
    request: {
      readonly type: Line;
      readonly url: Address;
      /** A JSON text as for CreateRepo, {} for none. */
      readonly credential: Document;
    };
    answer: {
      readonly ok?: boolean;
      /** 103 to 105 the credential is malformed, 106 and 109 access is denied, 107 the URL is malformed, 108, 110, 114 and 115 its scheme does not fit, 111 the type is unknown, 901 anything else. */
      readonly errorCode?: number;
    };
  };
  /** Try a runtime credential */
  ValidateRuntimeCredential: {
    request: {
      readonly runtime_url?: Address;
      /** A kubeconfig, or a JSON text with the provider's keys. */
      readonly runtime_credential_content?: Document;
      readonly provider?: Provider;
      /** Where it is to deploy. */
      readonly zone?: Line;
    };
    answer: {
      readonly ok?: boolean;
      /** Why not, as a sentence, or what could not be checked; else empty. */
      readonly reason?: string;
    };
  };
  /** Check a password */
  ValidateUserPassword: {
    request: {
      readonly email: Line;
      readonly password: Secret;
    };
    answer: {
      readonly validated?: boolean;
    };
  };
};

export type OperationId = keyof Operations;

export type AccountOperations = Pick<
  Operations,
  | "BindUserRole"
  | "CanDo"
  | "ChangePassword"
  | "CreateClient"
  | "CreateGroup"
  | "CreatePasswordReset"
  | "CreateRole"
  | "CreateUser"
  | "DeleteGroups"
  | "DeleteRoles"
  | "DeleteUsers"
  | "DescribeClients"
  | "DescribeGroups"
  | "DescribeGroupsDetail"
  | "DescribeRoles"
  | "DescribeUsers"
  | "DescribeUsersDetail"
  | "GetPasswordReset"
  | "GetRole"
  | "GetRoleModule"
  | "IsvCreateUser"
  | "JoinGroup"
  | "LeaveGroup"
  | "LimitClient"
  | "ModifyGroup"
  | "ModifyRole"
  | "ModifyRoleModule"
  | "ModifyUser"
  | "RevokeClients"
  | "RevokeToken"
  | "Token"
  | "UnbindUserRole"
  | "ValidateUserPassword"
>;

export type ApiOperations = Pick<
  Operations,
  | "CreateInspection"
  | "DescribeInspections"
  | "DescribeParkedStreams"
  | "DescribePlatform"
  | "DescribeReadModels"
  | "DiscardParkedEvent"
  | "GetCommand"
  | "GetInspection"
  | "GetParkedEvents"
  | "MoveReadModel"
  | "PlanReadModel"
  | "RedriveParkedStreams"
  | "StopInspection"
  | "StreamEvents"
>;

export type AppOperations = Pick<
  Operations,
  | "AdminPassAppVersion"
  | "AdminRejectAppVersion"
  | "BusinessPassAppVersion"
  | "BusinessRejectAppVersion"
  | "BusinessReviewAppVersion"
  | "CancelAppVersion"
  | "CreateApp"
  | "CreateAppVersion"
  | "CreateCategory"
  | "DeleteAppVersion"
  | "DeleteApps"
  | "DeleteCategories"
  | "DescribeActiveAppVersions"
  | "DescribeActiveApps"
  | "DescribeAppVersionAudits"
  | "DescribeAppVersionReviews"
  | "DescribeAppVersions"
  | "DescribeApps"
  | "DescribeCategories"
  | "GetAppStatistics"
  | "GetAppVersionPackage"
  | "GetAppVersionPackageFiles"
  | "GetAttachment"
  | "GetAttachmentFile"
  | "IsvPassAppVersion"
  | "IsvRejectAppVersion"
  | "IsvReviewAppVersion"
  | "ModifyApp"
  | "ModifyAppVersion"
  | "ModifyCategory"
  | "RecoverAppVersion"
  | "ReleaseAppVersion"
  | "SubmitAppVersion"
  | "SuspendAppVersion"
  | "TechnicalPassAppVersion"
  | "TechnicalRejectAppVersion"
  | "TechnicalReviewAppVersion"
  | "UploadAppAttachment"
  | "ValidatePackage"
>;

export type ClusterOperations = Pick<
  Operations,
  | "AddClusterNodes"
  | "CeaseClusters"
  | "CreateCluster"
  | "DeleteClusterNodes"
  | "DeleteClusters"
  | "DescribeAppClusters"
  | "DescribeClusterNodeLogs"
  | "DescribeClusterNodes"
  | "DescribeClusterRevisions"
  | "DescribeClusters"
  | "DescribeJobs"
  | "DescribeTasks"
  | "DiffClusterRevisions"
  | "GetClusterStatistics"
  | "ModifyClusterAttributes"
  | "ModifyClusterNodeAttributes"
  | "PreviewClusterUpgrade"
  | "RecoverClusters"
  | "ResizeCluster"
  | "RollbackCluster"
  | "StartClusters"
  | "StopClusters"
  | "UpdateClusterEnv"
  | "UpgradeCluster"
>;

export type RepoOperations = Pick<
  Operations,
  | "CreateRepo"
  | "CreateRepoSyncToken"
  | "DeleteRepos"
  | "DescribeRepoEvents"
  | "DescribeRepos"
  | "IndexRepo"
  | "ModifyRepo"
  | "RevokeRepoSyncToken"
  | "SyncRepo"
  | "ValidateRepo"
>;

export type RuntimeOperations = Pick<
  Operations,
  | "CreateRuntime"
  | "CreateRuntimeCredential"
  | "DeleteRuntimeCredentials"
  | "DeleteRuntimes"
  | "DescribeRuntimeCredentials"
  | "DescribeRuntimeProviderZones"
  | "DescribeRuntimes"
  | "GetRuntimeStatistics"
  | "ModifyRuntime"
  | "ModifyRuntimeCredential"
  | "ValidateRuntimeCredential"
>;

export type WebhookOperations = Pick<
  Operations,
  | "CreateWebhook"
  | "DeleteWebhooks"
  | "DescribeWebhooks"
  | "GetWebhookDeliveries"
  | "ModifyWebhook"
  | "RedriveWebhook"
  | "RotateWebhookSecret"
  | "TestWebhook"
>;

/** A portal of the platform; a role belongs to one. */
export type Portal = "global_admin" | "isv" | "user";

/** An action bundle: operations that are granted together, in a module, to roles of some portals. */
export type Bundle = { readonly module: string; readonly portals: readonly Portal[] };

export type BundleId =
  | "m0.f1.a3"
  | "m0.f1.a4"
  | "m0.f2.a1"
  | "m0.f3.a1"
  | "m0.f4.a1"
  | "m0.f6.a1"
  | "m0.f7.a1"
  | "m0.f8.a1"
  | "m0.f9.a1"
  | "m0.f10.a1"
  | "m0.f11.a1"
  | "m0.f12.a1"
  | "m0.f14.a1"
  | "m0.f14.a2"
  | "m1.f1.a1"
  | "m1.f1.a2"
  | "m1.f1.a3"
  | "m1.f1.a4"
  | "m1.f1.a5"
  | "m1.f1.a6"
  | "m1.f1.a7"
  | "m1.f2.a1"
  | "m1.f2.a2"
  | "isv_review"
  | "business_review"
  | "technical_review"
  | "m1.f3.a2"
  | "m1.f3.a3"
  | "m1.f3.a4"
  | "m2.f1.a1"
  | "m2.f1.a2"
  | "m2.f1.a3"
  | "m2.f1.a4"
  | "m2.f1.a5"
  | "m3.f1.a1"
  | "m3.f1.a2"
  | "m3.f1.a3"
  | "m3.f1.a4"
  | "m3.f1.a5"
  | "m3.f1.a6"
  | "m3.f1.a7"
  | "m3.f1.a8"
  | "m3.f1.a9"
  | "m3.f1.a10"
  | "m3.f1.a11"
  | "m3.f1.a12"
  | "m3.f1.a13"
  | "m4.f1.a1"
  | "m4.f1.a2"
  | "m4.f1.a5"
  | "m4.f1.a6"
  | "m4.f2.a2"
  | "m4.f2.a3"
  | "m4.f2.a4"
  | "m4.f2.a5"
  | "m4.f3.a1"
  | "m4.f3.a3"
  | "m4.f3.a4"
  | "m4.f3.a5"
  | "m4.f3.a6"
  | "m6.f1.a1"
  | "m6.f1.a2"
  | "m6.f1.a3"
  | "m6.f1.a4"
  | "m6.f2.a1"
  | "m6.f2.a3"
  | "m6.f2.a4"
  | "m8.f2.a2";

/** Every action bundle, also those whose operations are not served. */
export const bundles: { readonly [id: string]: Bundle } = {
  "m0.f1.a3": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f1.a4": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f2.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f3.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f4.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f6.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f7.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f8.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f9.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f10.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f11.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f12.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f14.a1": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m0.f14.a2": { module: "m0", portals: ["global_admin", "isv", "user"] },
  "m1.f1.a1": { module: "m1", portals: ["global_admin", "isv", "user"] },
  "m1.f1.a2": { module: "m1", portals: ["global_admin", "isv"] },
  "m1.f1.a3": { module: "m1", portals: ["global_admin", "isv"] },
  "m1.f1.a4": { module: "m1", portals: ["global_admin", "isv"] },
  "m1.f1.a5": { module: "m1", portals: ["global_admin", "isv"] },
  "m1.f1.a6": { module: "m1", portals: ["global_admin"] },
  "m1.f1.a7": { module: "m1", portals: ["global_admin"] },
  "m1.f2.a1": { module: "m1", portals: ["global_admin", "isv"] },
  "m1.f2.a2": { module: "m1", portals: ["global_admin", "isv"] },
  isv_review: { module: "m1", portals: ["isv"] },
  business_review: { module: "m1", portals: ["global_admin"] },
  technical_review: { module: "m1", portals: ["global_admin"] },
  "m1.f3.a2": { module: "m1", portals: ["global_admin"] },
  "m1.f3.a3": { module: "m1", portals: ["global_admin"] },
  "m1.f3.a4": { module: "m1", portals: ["global_admin"] },
  "m2.f1.a1": { module: "m2", portals: ["global_admin", "isv", "user"] },
  "m2.f1.a2": { module: "m2", portals: ["global_admin", "isv", "user"] },
  "m2.f1.a3": { module: "m2", portals: ["global_admin", "isv", "user"] },
  "m2.f1.a4": { module: "m2", portals: ["global_admin", "isv", "user"] },
  "m2.f1.a5": { module: "m2", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a1": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a2": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a3": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a4": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a5": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a6": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a7": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a8": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a9": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a10": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a11": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a12": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m3.f1.a13": { module: "m3", portals: ["global_admin", "isv", "user"] },
  "m4.f1.a1": { module: "m4", portals: ["global_admin"] },
  "m4.f1.a2": { module: "m4", portals: ["isv"] },
  "m4.f1.a5": { module: "m4", portals: ["global_admin", "isv", "user"] },
  "m4.f1.a6": { module: "m4", portals: ["global_admin", "isv"] },
  "m4.f2.a2": { module: "m4", portals: ["global_admin", "isv"] },
  "m4.f2.a3": { module: "m4", portals: ["global_admin", "isv"] },
  "m4.f2.a4": { module: "m4", portals: ["global_admin", "isv"] },
  "m4.f2.a5": { module: "m4", portals: ["global_admin", "isv"] },
  "m4.f3.a1": { module: "m4", portals: ["global_admin", "isv", "user"] },
  "m4.f3.a3": { module: "m4", portals: ["global_admin", "isv", "user"] },
  "m4.f3.a4": { module: "m4", portals: ["global_admin", "isv", "user"] },
  "m4.f3.a5": { module: "m4", portals: ["global_admin", "isv", "user"] },
  "m4.f3.a6": { module: "m4", portals: ["global_admin", "isv", "user"] },
  "m6.f1.a1": { module: "m6", portals: ["global_admin", "isv", "user"] },
  "m6.f1.a2": { module: "m6", portals: ["global_admin", "isv", "user"] },
  "m6.f1.a3": { module: "m6", portals: ["global_admin", "isv", "user"] },
  "m6.f1.a4": { module: "m6", portals: ["global_admin", "isv", "user"] },
  "m6.f2.a1": { module: "m6", portals: ["global_admin", "isv", "user"] },
  "m6.f2.a3": { module: "m6", portals: ["global_admin", "isv", "user"] },
  "m6.f2.a4": { module: "m6", portals: ["global_admin", "isv", "user"] },
  "m8.f2.a2": { module: "m8", portals: ["global_admin", "isv"] },
};

/** The description of an operation for the server. */
export type OperationDescription = {
  readonly method: "get" | "put" | "post" | "delete" | "patch";
  /** The path; a name in braces stands for a field of the request. */
  readonly path: string;
  /** The service that serves it. */
  readonly service: "account" | "api" | "app" | "cluster" | "repo" | "runtime" | "webhook";
  readonly query: readonly string[];
  /** The query parameters that may be repeated. */
  readonly arrays: readonly string[];
  readonly required: readonly string[];
  readonly body: boolean;
  /** Needs no token. */
  readonly public: boolean;
  /** The action bundles that grant it. */
  readonly permission: readonly BundleId[];
  /** The format of the answer: JSON, bytes of any other type, or server-sent events (each event has the answer's shape). */
  readonly answers: "json" | "bytes" | "stream";
  /** For a list, the field of the answer that holds the rows. */
  readonly rows: string | null;
  /** The answer tells of people: nobody keeps it for later. */
  readonly personal?: true;
};

export const operations: { readonly [Id in OperationId]: OperationDescription } = {
  AddClusterNodes: { method: "post", path: "/v1/clusters/add_nodes", service: "cluster", query: [], arrays: [], required: ["cluster_id", "node_count"], body: true, public: false, permission: ["m3.f1.a7"], answers: "json", rows: null },
  AdminPassAppVersion: { method: "post", path: "/v1/app_version/action/pass/admin", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  AdminRejectAppVersion: { method: "post", path: "/v1/app_version/action/reject/admin", service: "app", query: [], arrays: [], required: ["version_id", "message"], body: true, public: false, permission: [], answers: "json", rows: null },
  BindUserRole: { method: "post", path: "/v1/user:role", service: "account", query: [], arrays: [], required: ["user_id", "role_id"], body: true, public: false, permission: ["m4.f1.a5"], answers: "json", rows: null },
  BusinessPassAppVersion: { method: "post", path: "/v1/app_version/action/pass/business", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["business_review"], answers: "json", rows: null },
  BusinessRejectAppVersion: { method: "post", path: "/v1/app_version/action/reject/business", service: "app", query: [], arrays: [], required: ["version_id", "message"], body: true, public: false, permission: ["business_review"], answers: "json", rows: null },
  BusinessReviewAppVersion: { method: "post", path: "/v1/app_version/action/review/business", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["business_review"], answers: "json", rows: null },
  CanDo: { method: "post", path: "/v1/cando", service: "account", query: [], arrays: [], required: ["user_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  CancelAppVersion: { method: "post", path: "/v1/app_version/action/cancel", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["m1.f2.a2"], answers: "json", rows: null },
  CeaseClusters: { method: "post", path: "/v1/clusters/cease", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a12"], answers: "json", rows: null },
  ChangePassword: { method: "post", path: "/v1/users/password:change", service: "account", query: [], arrays: [], required: ["new_password", "reset_id"], body: true, public: false, permission: ["m0.f1.a4"], answers: "json", rows: null },
  CreateApp: { method: "post", path: "/v1/apps", service: "app", query: [], arrays: [], required: ["name", "version_package", "version_type"], body: true, public: false, permission: ["m1.f1.a2"], answers: "json", rows: null },
  CreateAppVersion: { method: "post", path: "/v1/app_versions", service: "app", query: [], arrays: [], required: ["app_id", "package", "type"], body: true, public: false, permission: ["m1.f1.a2"], answers: "json", rows: null },
  CreateCategory: { method: "post", path: "/v1/categories", service: "app", query: [], arrays: [], required: ["name", "locale"], body: true, public: false, permission: ["m1.f3.a2"], answers: "json", rows: null },
  CreateClient: { method: "post", path: "/v1/oauth2/client", service: "account", query: [], arrays: [], required: ["user_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  CreateCluster: { method: "post", path: "/v1/clusters/create", service: "cluster", query: [], arrays: [], required: ["app_id", "version_id", "runtime_id", "conf"], body: true, public: false, permission: ["m3.f1.a1"], answers: "json", rows: null },
  CreateGroup: { method: "post", path: "/v1/groups", service: "account", query: [], arrays: [], required: ["name"], body: true, public: false, permission: ["m4.f3.a1"], answers: "json", rows: null },
  CreateInspection: { method: "post", path: "/v1/inspections", service: "api", query: [], arrays: [], required: ["inspection"], body: true, public: false, permission: [], answers: "json", rows: null },
  CreatePasswordReset: { method: "post", path: "/v1/users/password:reset", service: "account", query: [], arrays: [], required: ["user_id", "password"], body: true, public: false, permission: ["m0.f1.a4"], answers: "json", rows: null },
  CreateRepo: { method: "post", path: "/v1/repos", service: "repo", query: [], arrays: [], required: ["type", "name", "url", "credential", "visibility", "providers"], body: true, public: false, permission: [], answers: "json", rows: null },
  CreateRepoSyncToken: { method: "post", path: "/v1/repos/sync_token", service: "repo", query: [], arrays: [], required: ["repo_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  CreateRole: { method: "post", path: "/v1/roles", service: "account", query: [], arrays: [], required: ["role_name", "portal"], body: true, public: false, permission: ["m4.f2.a3"], answers: "json", rows: null },
  CreateRuntime: { method: "post", path: "/v1/runtimes", service: "runtime", query: [], arrays: [], required: ["name", "provider", "zone", "runtime_credential_id"], body: true, public: false, permission: ["m6.f1.a1"], answers: "json", rows: null },
  CreateRuntimeCredential: { method: "post", path: "/v1/runtimes/credentials", service: "runtime", query: [], arrays: [], required: ["name", "provider", "runtime_credential_content"], body: true, public: false, permission: ["m6.f2.a1"], answers: "json", rows: null },
  CreateUser: { method: "post", path: "/v1/users", service: "account", query: [], arrays: [], required: ["email", "password", "role_id"], body: true, public: false, permission: ["m4.f1.a1"], answers: "json", rows: null },
  CreateWebhook: { method: "post", path: "/v1/webhooks", service: "webhook", query: [], arrays: [], required: ["url"], body: true, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  DeleteAppVersion: { method: "post", path: "/v1/app_version/action/delete", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["m1.f1.a4"], answers: "json", rows: null },
  DeleteApps: { method: "delete", path: "/v1/apps", service: "app", query: [], arrays: [], required: ["app_id"], body: true, public: false, permission: ["m1.f1.a4"], answers: "json", rows: null },
  DeleteCategories: { method: "delete", path: "/v1/categories", service: "app", query: [], arrays: [], required: ["category_id"], body: true, public: false, permission: ["m1.f3.a4"], answers: "json", rows: null },
  DeleteClusterNodes: { method: "post", path: "/v1/clusters/delete_nodes", service: "cluster", query: [], arrays: [], required: ["cluster_id", "node_id"], body: true, public: false, permission: ["m3.f1.a7"], answers: "json", rows: null },
  DeleteClusters: { method: "post", path: "/v1/clusters/delete", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a3"], answers: "json", rows: null },
  DeleteGroups: { method: "delete", path: "/v1/groups", service: "account", query: [], arrays: [], required: ["group_id"], body: true, public: false, permission: ["m4.f3.a4"], answers: "json", rows: null },
  DeleteRepos: { method: "delete", path: "/v1/repos", service: "repo", query: [], arrays: [], required: ["repo_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  DeleteRoles: { method: "delete", path: "/v1/roles", service: "account", query: [], arrays: [], required: ["role_id"], body: true, public: false, permission: ["m4.f2.a2"], answers: "json", rows: null },
  DeleteRuntimeCredentials: { method: "delete", path: "/v1/runtimes/credentials", service: "runtime", query: [], arrays: [], required: ["runtime_credential_id"], body: true, public: false, permission: ["m6.f2.a4"], answers: "json", rows: null },
  DeleteRuntimes: { method: "delete", path: "/v1/runtimes", service: "runtime", query: [], arrays: [], required: ["runtime_id"], body: true, public: false, permission: ["m6.f1.a4"], answers: "json", rows: null },
  DeleteUsers: { method: "delete", path: "/v1/users", service: "account", query: [], arrays: [], required: ["user_id"], body: true, public: false, permission: ["m4.f1.a6"], answers: "json", rows: null },
  DeleteWebhooks: { method: "delete", path: "/v1/webhooks", service: "webhook", query: [], arrays: [], required: ["webhook_id"], body: true, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  DescribeActiveAppVersions: { method: "get", path: "/v1/active_app_versions", service: "app", query: ["search_word", "sort_key", "reverse", "limit", "offset", "version_id", "app_id", "name", "owner", "description", "package_name", "status", "type", "display_columns"], arrays: ["version_id", "app_id", "name", "owner", "description", "package_name", "status", "type", "display_columns"], required: [], body: false, public: false, permission: ["m0.f9.a1"], answers: "json", rows: "app_version_set" },
  DescribeActiveApps: { method: "get", path: "/v1/active_apps", service: "app", query: ["search_word", "sort_key", "reverse", "limit", "offset", "app_id", "name", "repo_id", "status", "owner", "chart_name", "category_id", "display_columns", "isv"], arrays: ["app_id", "name", "repo_id", "status", "owner", "chart_name", "category_id", "display_columns", "isv"], required: [], body: false, public: false, permission: ["m0.f9.a1"], answers: "json", rows: "app_set" },
  DescribeAppClusters: { method: "get", path: "/v1/clusters/apps", service: "cluster", query: ["app_id", "status", "limit", "offset", "search_word", "sort_key", "reverse", "owner", "with_detail", "created_date", "display_columns"], arrays: ["app_id", "status", "owner", "display_columns"], required: [], body: false, public: false, permission: ["m0.f10.a1"], answers: "json", rows: "cluster_set" },
  DescribeAppVersionAudits: { method: "get", path: "/v1/app_version_audits", service: "app", query: ["search_word", "sort_key", "reverse", "limit", "offset", "app_id", "version_id", "status", "operator", "operator_type", "display_columns"], arrays: ["app_id", "version_id", "status", "operator", "operator_type", "display_columns"], required: [], body: false, public: false, permission: ["m0.f9.a1"], answers: "json", rows: "app_version_audit_set" },
  DescribeAppVersionReviews: { method: "get", path: "/v1/app_version_reviews", service: "app", query: ["search_word", "sort_key", "reverse", "limit", "offset", "app_id", "version_id", "review_id", "status", "display_columns", "reviewer"], arrays: ["app_id", "version_id", "review_id", "status", "display_columns", "reviewer"], required: [], body: false, public: false, permission: ["isv_review", "business_review", "technical_review"], answers: "json", rows: "app_version_review_set" },
  DescribeAppVersions: { method: "get", path: "/v1/app_versions", service: "app", query: ["search_word", "sort_key", "reverse", "limit", "offset", "version_id", "app_id", "name", "owner", "description", "package_name", "status", "type", "display_columns"], arrays: ["version_id", "app_id", "name", "owner", "description", "package_name", "status", "type", "display_columns"], required: [], body: false, public: false, permission: ["m0.f9.a1"], answers: "json", rows: "app_version_set" },
  DescribeApps: { method: "get", path: "/v1/apps", service: "app", query: ["search_word", "sort_key", "reverse", "limit", "offset", "app_id", "name", "repo_id", "status", "owner", "chart_name", "category_id", "display_columns", "isv"], arrays: ["app_id", "name", "repo_id", "status", "owner", "chart_name", "category_id", "display_columns", "isv"], required: [], body: false, public: false, permission: ["m0.f9.a1"], answers: "json", rows: "app_set" },
  DescribeCategories: { method: "get", path: "/v1/categories", service: "app", query: ["search_word", "sort_key", "reverse", "limit", "offset", "display_columns", "category_id", "name", "owner"], arrays: ["display_columns", "category_id", "name", "owner"], required: [], body: false, public: false, permission: ["m0.f6.a1"], answers: "json", rows: "category_set" },
  DescribeClients: { method: "get", path: "/v1/clients", service: "account", query: ["search_word", "sort_key", "reverse", "offset", "limit", "client_id", "user_id", "status"], arrays: ["client_id", "user_id", "status"], required: [], body: false, public: false, permission: [], answers: "json", rows: "client_set" },
  DescribeClusterNodeLogs: { method: "get", path: "/v1/clusters/nodes/logs", service: "cluster", query: ["node_id", "name", "limit"], arrays: [], required: ["node_id"], body: false, public: false, permission: ["m0.f10.a1"], answers: "json", rows: null },
  DescribeClusterNodes: { method: "get", path: "/v1/clusters/nodes", service: "cluster", query: ["cluster_id", "node_id", "status", "limit", "offset", "search_word", "sort_key", "reverse", "owner", "display_columns"], arrays: ["node_id", "status", "owner", "display_columns"], required: [], body: false, public: false, permission: ["m0.f10.a1"], answers: "json", rows: "cluster_node_set" },
  DescribeClusterRevisions: { method: "get", path: "/v1/clusters/revisions", service: "cluster", query: ["search_word", "sort_key", "reverse", "limit", "offset", "display_columns", "cluster_id", "revision", "version_id", "actor", "owner"], arrays: ["display_columns", "cluster_id", "revision", "version_id", "actor", "owner"], required: [], body: false, public: false, permission: ["m0.f10.a1"], answers: "json", rows: "cluster_revision_set" },
  DescribeClusters: { method: "get", path: "/v1/clusters", service: "cluster", query: ["cluster_id", "app_id", "version_id", "status", "runtime_id", "frontgate_id", "external_cluster_id", "limit", "offset", "search_word", "sort_key", "reverse", "owner", "cluster_type", "with_detail", "created_date", "display_columns", "zone", "min_create_time"], arrays: ["cluster_id", "app_id", "version_id", "status", "runtime_id", "frontgate_id", "owner", "display_columns", "zone"], required: [], body: false, public: false, permission: ["m0.f10.a1"], answers: "json", rows: "cluster_set" },
  DescribeGroups: { method: "get", path: "/v1/groups", service: "account", query: ["search_word", "sort_key", "reverse", "limit", "offset", "root_group_id", "parent_group_id", "group_id", "group_path", "group_name", "status"], arrays: ["root_group_id", "parent_group_id", "group_id", "group_path", "group_name", "status"], required: [], body: false, public: false, permission: ["m0.f3.a1"], answers: "json", rows: "group_set" },
  DescribeGroupsDetail: { method: "get", path: "/v1/groups_detail", service: "account", query: ["search_word", "sort_key", "reverse", "limit", "offset", "root_group_id", "parent_group_id", "group_id", "group_path", "group_name", "status"], arrays: ["root_group_id", "parent_group_id", "group_id", "group_path", "group_name", "status"], required: [], body: false, public: false, permission: ["m0.f3.a1"], answers: "json", rows: "group_detail_set", personal: true },
  DescribeInspections: { method: "get", path: "/v1/inspections", service: "api", query: [], arrays: [], required: [], body: false, public: false, permission: [], answers: "json", rows: null },
  DescribeJobs: { method: "get", path: "/v1/jobs", service: "cluster", query: ["search_word", "sort_key", "reverse", "limit", "offset", "display_columns", "job_id", "cluster_id", "app_id", "version_id", "executor", "provider", "runtime_id", "status", "owner"], arrays: ["display_columns", "job_id", "status", "owner"], required: [], body: false, public: false, permission: ["m0.f7.a1"], answers: "json", rows: "job_set" },
  DescribeParkedStreams: { method: "get", path: "/v1/parked_streams", service: "api", query: ["service", "subscription", "stream", "type", "reason", "older_than_seconds"], arrays: [], required: [], body: false, public: false, permission: [], answers: "json", rows: null },
  DescribePlatform: { method: "get", path: "/v1/platform", service: "api", query: [], arrays: [], required: [], body: false, public: false, permission: [], answers: "json", rows: null },
  DescribeReadModels: { method: "get", path: "/v1/read_models", service: "api", query: ["service", "model"], arrays: [], required: [], body: false, public: false, permission: [], answers: "json", rows: null },
  DescribeRepoEvents: { method: "get", path: "/v1/repo_events", service: "repo", query: ["limit", "offset", "repo_event_id", "repo_id", "owner", "status"], arrays: ["repo_event_id", "repo_id", "owner", "status"], required: [], body: false, public: false, permission: ["m0.f14.a2"], answers: "json", rows: "repo_event_set" },
  DescribeRepos: { method: "get", path: "/v1/repos", service: "repo", query: ["search_word", "sort_key", "reverse", "limit", "offset", "repo_id", "name", "type", "visibility", "status", "provider", "label", "selector", "category_id", "owner", "app_default_status", "user_id", "controller"], arrays: ["repo_id", "name", "type", "visibility", "status", "provider", "category_id", "owner", "app_default_status"], required: [], body: false, public: false, permission: ["m0.f14.a1"], answers: "json", rows: "repo_set" },
  DescribeRoles: { method: "get", path: "/v1/roles", service: "account", query: ["search_word", "sort_key", "reverse", "offset", "limit", "role_id", "role_name", "portal", "status", "action_bundle_id"], arrays: ["role_id", "role_name", "portal", "status", "action_bundle_id"], required: [], body: false, public: false, permission: ["m0.f2.a1"], answers: "json", rows: "role_set" },
  DescribeRuntimeCredentials: { method: "get", path: "/v1/runtimes/credentials", service: "runtime", query: ["search_word", "sort_key", "reverse", "limit", "offset", "display_columns", "runtime_credential_id", "status", "provider", "owner"], arrays: ["display_columns", "runtime_credential_id", "status", "provider", "owner"], required: [], body: false, public: false, permission: ["m0.f12.a1"], answers: "json", rows: "runtime_credential_set" },
  DescribeRuntimeProviderZones: { method: "get", path: "/v1/runtimes/zones", service: "runtime", query: ["runtime_credential_id"], arrays: [], required: ["runtime_credential_id"], body: false, public: false, permission: ["m6.f1.a1"], answers: "json", rows: null },
  DescribeRuntimes: { method: "get", path: "/v1/runtimes", service: "runtime", query: ["search_word", "sort_key", "reverse", "limit", "offset", "display_columns", "runtime_id", "status", "provider", "owner", "runtime_credential_id"], arrays: ["display_columns", "runtime_id", "status", "provider", "owner", "runtime_credential_id"], required: [], body: false, public: false, permission: ["m0.f11.a1"], answers: "json", rows: "runtime_set" },
  DescribeTasks: { method: "get", path: "/v1/tasks", service: "cluster", query: ["search_word", "sort_key", "reverse", "limit", "offset", "display_columns", "task_id", "job_id", "executor", "target", "status", "owner"], arrays: ["display_columns", "task_id", "job_id", "status", "owner"], required: [], body: false, public: false, permission: ["m0.f8.a1"], answers: "json", rows: "task_set" },
  DescribeUsers: { method: "get", path: "/v1/users", service: "account", query: ["search_word", "sort_key", "reverse", "limit", "offset", "root_group_id", "group_id", "user_id", "status", "role_id", "username", "email", "phone_number"], arrays: ["root_group_id", "group_id", "user_id", "status", "role_id", "username", "email", "phone_number"], required: [], body: false, public: false, permission: ["m0.f1.a3"], answers: "json", rows: "user_set", personal: true },
  DescribeUsersDetail: { method: "get", path: "/v1/users_detail", service: "account", query: ["search_word", "sort_key", "reverse", "limit", "offset", "root_group_id", "group_id", "user_id", "status", "role_id", "username", "email", "phone_number"], arrays: ["root_group_id", "group_id", "user_id", "status", "role_id", "username", "email", "phone_number"], required: [], body: false, public: false, permission: ["m0.f1.a3"], answers: "json", rows: "user_detail_set", personal: true },
  DescribeWebhooks: { method: "get", path: "/v1/webhooks", service: "webhook", query: ["search_word", "sort_key", "reverse", "limit", "offset", "display_columns", "webhook_id", "status", "owner"], arrays: ["display_columns", "webhook_id", "status", "owner"], required: [], body: false, public: false, permission: ["m0.f7.a1"], answers: "json", rows: "webhook_set" },
  DiffClusterRevisions: { method: "get", path: "/v1/clusters/revisions/diff", service: "cluster", query: ["cluster_id", "from", "to"], arrays: [], required: ["cluster_id", "from", "to"], body: false, public: false, permission: ["m0.f10.a1"], answers: "json", rows: null },
  DiscardParkedEvent: { method: "post", path: "/v1/parked_streams/discard", service: "api", query: [], arrays: [], required: ["service", "subscription", "stream", "event_id", "reason"], body: true, public: false, permission: [], answers: "json", rows: null },
  GetAppStatistics: { method: "get", path: "/v1/apps/statistics", service: "app", query: [], arrays: [], required: [], body: false, public: false, permission: ["m1.f1.a1"], answers: "json", rows: null },
  GetAppVersionPackage: { method: "get", path: "/v1/app_version/package", service: "app", query: ["version_id"], arrays: [], required: ["version_id"], body: false, public: false, permission: ["m0.f9.a1"], answers: "json", rows: null },
  GetAppVersionPackageFiles: { method: "get", path: "/v1/app_version/package/files", service: "app", query: ["version_id", "files"], arrays: ["files"], required: ["version_id"], body: false, public: false, permission: ["m0.f9.a1"], answers: "json", rows: null },
  GetAttachment: { method: "get", path: "/v1/attachments", service: "app", query: ["attachment_id", "filename"], arrays: [], required: ["attachment_id"], body: false, public: false, permission: ["m0.f4.a1"], answers: "json", rows: null },
  GetAttachmentFile: { method: "get", path: "/attachments/{attachment_id}/{filename}", service: "app", query: [], arrays: [], required: [], body: false, public: true, permission: [], answers: "bytes", rows: null },
  GetClusterStatistics: { method: "get", path: "/v1/clusters/statistics", service: "cluster", query: [], arrays: [], required: [], body: false, public: false, permission: ["m3.f1.a9"], answers: "json", rows: null },
  GetCommand: { method: "get", path: "/v1/commands/{id}", service: "api", query: [], arrays: [], required: [], body: false, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  GetInspection: { method: "get", path: "/v1/inspections/{inspection_id}", service: "api", query: [], arrays: [], required: [], body: false, public: false, permission: [], answers: "json", rows: null },
  GetParkedEvents: { method: "get", path: "/v1/parked_streams/events", service: "api", query: ["service", "stream", "subscription", "limit"], arrays: [], required: ["service", "stream"], body: false, public: false, permission: [], answers: "json", rows: null },
  GetPasswordReset: { method: "get", path: "/v1/users/password:reset", service: "account", query: ["reset_id"], arrays: [], required: ["reset_id"], body: false, public: false, permission: ["m0.f1.a4"], answers: "json", rows: null },
  GetRole: { method: "get", path: "/v1/role", service: "account", query: ["role_id"], arrays: [], required: ["role_id"], body: false, public: false, permission: ["m0.f2.a1"], answers: "json", rows: null },
  GetRoleModule: { method: "get", path: "/v1/roles:module", service: "account", query: ["role_id"], arrays: [], required: ["role_id"], body: false, public: false, permission: ["m0.f2.a1"], answers: "json", rows: null },
  GetRuntimeStatistics: { method: "get", path: "/v1/runtimes/statistics", service: "runtime", query: [], arrays: [], required: [], body: false, public: false, permission: ["m6.f1.a2"], answers: "json", rows: null },
  GetWebhookDeliveries: { method: "get", path: "/v1/webhooks/deliveries", service: "webhook", query: ["webhook_id", "limit"], arrays: [], required: ["webhook_id"], body: false, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  IndexRepo: { method: "post", path: "/v1/repos/index", service: "repo", query: [], arrays: [], required: ["repo_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  IsvCreateUser: { method: "post", path: "/v1/isv_users", service: "account", query: [], arrays: [], required: ["email", "password", "role_id"], body: true, public: false, permission: ["m4.f1.a2"], answers: "json", rows: null },
  IsvPassAppVersion: { method: "post", path: "/v1/app_version/action/pass/isv", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["isv_review"], answers: "json", rows: null },
  IsvRejectAppVersion: { method: "post", path: "/v1/app_version/action/reject/isv", service: "app", query: [], arrays: [], required: ["version_id", "message"], body: true, public: false, permission: ["isv_review"], answers: "json", rows: null },
  IsvReviewAppVersion: { method: "post", path: "/v1/app_version/action/review/isv", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["isv_review"], answers: "json", rows: null },
  JoinGroup: { method: "post", path: "/v1/groups:join", service: "account", query: [], arrays: [], required: ["group_id", "user_id"], body: true, public: false, permission: ["m4.f3.a5"], answers: "json", rows: null },
  LeaveGroup: { method: "post", path: "/v1/groups:leave", service: "account", query: [], arrays: [], required: ["group_id", "user_id"], body: true, public: false, permission: ["m4.f3.a6"], answers: "json", rows: null },
  LimitClient: { method: "patch", path: "/v1/clients", service: "account", query: [], arrays: [], required: ["client_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  ModifyApp: { method: "patch", path: "/v1/apps", service: "app", query: [], arrays: [], required: ["app_id"], body: true, public: false, permission: ["m1.f1.a3"], answers: "json", rows: null },
  ModifyAppVersion: { method: "patch", path: "/v1/app_versions", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["m1.f1.a3"], answers: "json", rows: null },
  ModifyCategory: { method: "patch", path: "/v1/categories", service: "app", query: [], arrays: [], required: ["category_id"], body: true, public: false, permission: ["m1.f3.a3"], answers: "json", rows: null },
  ModifyClusterAttributes: { method: "post", path: "/v1/clusters/modify", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a2"], answers: "json", rows: null },
  ModifyClusterNodeAttributes: { method: "post", path: "/v1/clusters/modify_nodes", service: "cluster", query: [], arrays: [], required: ["node_id"], body: true, public: false, permission: ["m3.f1.a2"], answers: "json", rows: null },
  ModifyGroup: { method: "patch", path: "/v1/groups", service: "account", query: [], arrays: [], required: ["group_id"], body: true, public: false, permission: ["m4.f3.a3"], answers: "json", rows: null },
  ModifyRepo: { method: "patch", path: "/v1/repos", service: "repo", query: [], arrays: [], required: ["repo_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  ModifyRole: { method: "patch", path: "/v1/roles", service: "account", query: [], arrays: [], required: ["role_id"], body: true, public: false, permission: ["m4.f2.a4"], answers: "json", rows: null },
  ModifyRoleModule: { method: "post", path: "/v1/roles:module", service: "account", query: [], arrays: [], required: ["role_id"], body: true, public: false, permission: ["m4.f2.a5"], answers: "json", rows: null },
  ModifyRuntime: { method: "patch", path: "/v1/runtimes", service: "runtime", query: [], arrays: [], required: ["runtime_id"], body: true, public: false, permission: ["m6.f1.a3"], answers: "json", rows: null },
  ModifyRuntimeCredential: { method: "patch", path: "/v1/runtimes/credentials", service: "runtime", query: [], arrays: [], required: ["runtime_credential_id"], body: true, public: false, permission: ["m6.f2.a3"], answers: "json", rows: null },
  ModifyUser: { method: "patch", path: "/v1/users", service: "account", query: [], arrays: [], required: ["user_id"], body: true, public: false, permission: ["m0.f1.a4"], answers: "json", rows: null },
  ModifyWebhook: { method: "patch", path: "/v1/webhooks", service: "webhook", query: [], arrays: [], required: ["webhook_id"], body: true, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  MoveReadModel: { method: "post", path: "/v1/read_models/move", service: "api", query: [], arrays: [], required: ["service", "model", "action"], body: true, public: false, permission: [], answers: "json", rows: null },
  PlanReadModel: { method: "post", path: "/v1/read_models/plan", service: "api", query: [], arrays: [], required: ["service", "model"], body: true, public: false, permission: [], answers: "json", rows: null },
  PreviewClusterUpgrade: { method: "get", path: "/v1/clusters/upgrade/preview", service: "cluster", query: ["cluster_id", "version_id"], arrays: [], required: ["cluster_id", "version_id"], body: false, public: false, permission: ["m3.f1.a4"], answers: "json", rows: null },
  RecoverAppVersion: { method: "post", path: "/v1/app_version/action/recover", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["m1.f1.a7"], answers: "json", rows: null },
  RecoverClusters: { method: "post", path: "/v1/clusters/recover", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a13"], answers: "json", rows: null },
  RedriveParkedStreams: { method: "post", path: "/v1/parked_streams/redrive", service: "api", query: [], arrays: [], required: [], body: true, public: false, permission: [], answers: "json", rows: null },
  RedriveWebhook: { method: "post", path: "/v1/webhooks/redrive", service: "webhook", query: [], arrays: [], required: ["webhook_id"], body: true, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  ReleaseAppVersion: { method: "post", path: "/v1/app_version/action/release", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["m1.f1.a5"], answers: "json", rows: null },
  ResizeCluster: { method: "post", path: "/v1/clusters/resize", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a6"], answers: "json", rows: null },
  RevokeClients: { method: "delete", path: "/v1/clients", service: "account", query: [], arrays: [], required: ["client_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  RevokeRepoSyncToken: { method: "delete", path: "/v1/repos/sync_token", service: "repo", query: [], arrays: [], required: ["repo_id"], body: true, public: false, permission: [], answers: "json", rows: null },
  RevokeToken: { method: "post", path: "/v1/oauth2/revoke", service: "account", query: [], arrays: [], required: ["token"], body: true, public: true, permission: [], answers: "json", rows: null },
  RollbackCluster: { method: "post", path: "/v1/clusters/rollback", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a5"], answers: "json", rows: null },
  RotateWebhookSecret: { method: "post", path: "/v1/webhooks/secret", service: "webhook", query: [], arrays: [], required: ["webhook_id"], body: true, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  StartClusters: { method: "post", path: "/v1/clusters/start", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a11"], answers: "json", rows: null },
  StopClusters: { method: "post", path: "/v1/clusters/stop", service: "cluster", query: [], arrays: [], required: ["cluster_id"], body: true, public: false, permission: ["m3.f1.a10"], answers: "json", rows: null },
  StopInspection: { method: "delete", path: "/v1/inspections/{inspection_id}", service: "api", query: [], arrays: [], required: [], body: false, public: false, permission: [], answers: "json", rows: null },
  StreamEvents: { method: "get", path: "/v1/events", service: "api", query: ["type", "subject", "correlation", "job", "since"], arrays: ["type", "subject", "correlation", "job"], required: [], body: false, public: false, permission: ["m0.f7.a1"], answers: "stream", rows: null },
  SubmitAppVersion: { method: "post", path: "/v1/app_version/action/submit", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["m1.f2.a1"], answers: "json", rows: null },
  SuspendAppVersion: { method: "post", path: "/v1/app_version/action/suspend", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["m1.f1.a6"], answers: "json", rows: null },
  SyncRepo: { method: "post", path: "/v1/repos/{repo_id}/sync", service: "repo", query: ["token"], arrays: [], required: [], body: false, public: true, permission: [], answers: "json", rows: null },
  TechnicalPassAppVersion: { method: "post", path: "/v1/app_version/action/pass/technical", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["technical_review"], answers: "json", rows: null },
  TechnicalRejectAppVersion: { method: "post", path: "/v1/app_version/action/reject/technical", service: "app", query: [], arrays: [], required: ["version_id", "message"], body: true, public: false, permission: ["technical_review"], answers: "json", rows: null },
  TechnicalReviewAppVersion: { method: "post", path: "/v1/app_version/action/review/technical", service: "app", query: [], arrays: [], required: ["version_id"], body: true, public: false, permission: ["technical_review"], answers: "json", rows: null },
  TestWebhook: { method: "post", path: "/v1/webhooks/test", service: "webhook", query: [], arrays: [], required: ["webhook_id"], body: true, public: false, permission: ["m0.f7.a1"], answers: "json", rows: null },
  Token: { method: "post", path: "/v1/oauth2/token", service: "account", query: [], arrays: [], required: ["grant_type"], body: true, public: true, permission: [], answers: "json", rows: null },
  UnbindUserRole: { method: "delete", path: "/v1/user:role", service: "account", query: [], arrays: [], required: ["user_id", "role_id"], body: true, public: false, permission: ["m4.f1.a5"], answers: "json", rows: null },
  UpdateClusterEnv: { method: "patch", path: "/v1/clusters/update_env", service: "cluster", query: [], arrays: [], required: ["cluster_id", "env"], body: true, public: false, permission: ["m3.f1.a8"], answers: "json", rows: null },
  UpgradeCluster: { method: "post", path: "/v1/clusters/upgrade", service: "cluster", query: [], arrays: [], required: ["cluster_id", "version_id"], body: true, public: false, permission: ["m3.f1.a4"], answers: "json", rows: null },
  UploadAppAttachment: { method: "patch", path: "/v1/app/attachment", service: "app", query: [], arrays: [], required: ["app_id"], body: true, public: false, permission: ["m1.f1.a2"], answers: "json", rows: null },
  ValidatePackage: { method: "post", path: "/v1/apps/validate_package", service: "app", query: [], arrays: [], required: ["version_package", "version_type"], body: true, public: false, permission: ["m1.f1.a2"], answers: "json", rows: null },
  ValidateRepo: { method: "get", path: "/v1/repos/validate", service: "repo", query: ["type", "url", "credential"], arrays: [], required: ["type", "url", "credential"], body: false, public: false, permission: [], answers: "json", rows: null },
  ValidateRuntimeCredential: { method: "post", path: "/v1/runtimes/credentials:validate", service: "runtime", query: [], arrays: [], required: [], body: true, public: false, permission: ["m6.f2.a1"], answers: "json", rows: null },
  ValidateUserPassword: { method: "post", path: "/v1/users/password:validate", service: "account", query: [], arrays: [], required: ["email", "password"], body: true, public: false, permission: ["m0.f1.a4"], answers: "json", rows: null },
};
