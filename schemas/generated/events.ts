// Generated from schemas/<aggregate>/<Event>.avsc by `npm run generate`. Do not edit.

/** A planned node of a cluster. */
export interface ClusterNode {
  readonly nodeId: string;
  readonly name: string;
  readonly role: string;
  /** Small number, unique in its role. */
  readonly serverId: number;
}

/** What the nodes of one role are made of. */
export interface ClusterRole {
  readonly role: string;
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly gpu: number;
  /** GiB. */
  readonly storageSize: number;
  readonly mountPoint: string;
  readonly image: string;
  readonly serverIdUpperBound: number;
  /** parallel or sequential. */
  readonly verticalScalingPolicy: string;
  /** Nodes may be added and deleted. */
  readonly scalable: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly services: readonly LifecycleService[];
}

/** Everything that a provider needs to make a cluster so: the description, not the steps. */
export interface Deployment {
  readonly provider: string;
  readonly runtimeId: string;
  readonly zone: string;
  readonly runtimeCredentialId: string;
  readonly name: string;
  readonly appId: string;
  readonly versionId: string;
  /** vmbased or helm. */
  readonly versionType: string;
  /** The archive, by content. */
  readonly packageDigest: string;
  /** The user's configuration: JSON, or the chart's values. */
  readonly configuration: string;
  readonly env: Readonly<Record<string, string>>;
  readonly roles: readonly ClusterRole[];
  readonly nodes: readonly ClusterNode[];
  readonly endpoints: readonly Endpoint[];
}

/** Tasks that run in parallel; the next layer begins when all have ended. */
export interface DeploymentLayer {
  readonly tasks: readonly DeploymentTask[];
}

/** One step of a job on one node. */
export interface DeploymentTask {
  readonly taskId: string;
  /** Empty: for the cluster as a whole. */
  readonly nodeId: string;
  /** RunInstances, StartService, ... */
  readonly action: string;
  /** What the action needs beyond the node, as JSON. */
  readonly directive: string;
  readonly failureAllowed: boolean;
}

/** A port that the application answers on. */
export interface Endpoint {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** A lifecycle command of a role. */
export interface LifecycleService {
  /** init, start, stop, scale_in, scale_out, destroy, upgrade, or a custom one. */
  readonly name: string;
  readonly command: string;
  /** Ascending; the same order runs in parallel. */
  readonly order: number;
  readonly timeoutSeconds: number;
  /** Of init: after start instead of before. */
  readonly postStart: boolean;
  /** 0 = all. */
  readonly nodesToExecuteOn: number;
}

/** Where a node is. */
export interface NodeAddress {
  readonly nodeId: string;
  readonly instanceId: string;
  readonly privateIp: string;
}

/** What is granted of a module, and on whose rows. */
export interface RoleModule {
  readonly moduleId: string;
  /** Whose rows: all, group or self. */
  readonly dataLevel: string;
  readonly actionBundleIds: readonly string[];
}

/** A program got credentials with which it acts as a user. */
export interface ClientCreated {
  readonly type: "ClientCreated";
  readonly clientId: string;
  readonly userId: string;
  /** A slow salted hash; never the secret. */
  readonly secretHash: string;
  readonly owner: string;
  readonly ownerPath: string;
}

/** The action ended without success; the cluster stays as the provider left it. */
export interface ClusterActionFailed {
  readonly type: "ClusterActionFailed";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly reason: string;
}

/** The provider has planned the action and begun. */
export interface ClusterActionStarted {
  readonly type: "ClusterActionStarted";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly taskCount: number;
}

/** The cluster runs as described: after its creation, start or recovery. */
export interface ClusterActivated {
  readonly type: "ClusterActivated";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly addresses: readonly NodeAddress[];
}

/** A user renamed or described the cluster. */
export interface ClusterAttributesModified {
  readonly type: "ClusterAttributesModified";
  readonly clusterId: string;
  readonly name: string;
  readonly description: string;
}

/** The cluster is to be removed for good. */
export interface ClusterCeaseRequested {
  readonly type: "ClusterCeaseRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** Nothing of the cluster is left. */
export interface ClusterCeased {
  readonly type: "ClusterCeased";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly runtimeId: string;
}

/** The cluster is put away. */
export interface ClusterDeleted {
  readonly type: "ClusterDeleted";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
}

/** The cluster is to be stopped and put away; it can be recovered until it is ceased. */
export interface ClusterDeletionRequested {
  readonly type: "ClusterDeletionRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The runtime is reserved: the provider is to bring the cluster up. */
export interface ClusterDeploymentRequested {
  readonly type: "ClusterDeploymentRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The cluster is to run with another environment. */
export interface ClusterEnvUpdateRequested {
  readonly type: "ClusterEnvUpdateRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The cluster runs with its new environment. */
export interface ClusterEnvUpdated {
  readonly type: "ClusterEnvUpdated";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** As it stands now. */
  readonly deployment: Deployment;
  readonly addresses: readonly NodeAddress[];
}

/** A user renamed a node. */
export interface ClusterNodeRenamed {
  readonly type: "ClusterNodeRenamed";
  readonly clusterId: string;
  readonly nodeId: string;
  readonly name: string;
}

/** The new nodes run. */
export interface ClusterNodesAdded {
  readonly type: "ClusterNodesAdded";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** As it stands now. */
  readonly deployment: Deployment;
  readonly addresses: readonly NodeAddress[];
}

/** The leaving nodes are gone. */
export interface ClusterNodesDeleted {
  readonly type: "ClusterNodesDeleted";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** As it stands now. */
  readonly deployment: Deployment;
  readonly addresses: readonly NodeAddress[];
}

/** Nodes are to be taken away. */
export interface ClusterNodesRemovalRequested {
  readonly type: "ClusterNodesRemovalRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
  /** The leaving ones, still among the deployment's nodes. */
  readonly nodeIds: readonly string[];
}

/** Nodes are to be added to a role. */
export interface ClusterNodesRequested {
  readonly type: "ClusterNodesRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
  /** The new ones among the deployment's nodes. */
  readonly nodeIds: readonly string[];
}

/** The deleted cluster is to run again. */
export interface ClusterRecoveryRequested {
  readonly type: "ClusterRecoveryRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** A user asked for an application version to be deployed into a runtime. */
export interface ClusterRequested {
  readonly type: "ClusterRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly name: string;
  readonly description: string;
  readonly deployment: Deployment;
  readonly debug: boolean;
  readonly owner: string;
  readonly ownerPath: string;
}

/** The nodes of some roles are to get other sizes. */
export interface ClusterResizeRequested {
  readonly type: "ClusterResizeRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The nodes have their new sizes. */
export interface ClusterResized {
  readonly type: "ClusterResized";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** As it stands now. */
  readonly deployment: Deployment;
  readonly addresses: readonly NodeAddress[];
}

/** The cluster is to go back to what it ran before its last upgrade. */
export interface ClusterRollbackRequested {
  readonly type: "ClusterRollbackRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The cluster runs what it ran before its last upgrade. */
export interface ClusterRolledBack {
  readonly type: "ClusterRolledBack";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** As it stands now. */
  readonly deployment: Deployment;
  readonly addresses: readonly NodeAddress[];
}

/** The stopped cluster is to be started. */
export interface ClusterStartRequested {
  readonly type: "ClusterStartRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The cluster is to be stopped. */
export interface ClusterStopRequested {
  readonly type: "ClusterStopRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The cluster is stopped; its data is kept. */
export interface ClusterStopped {
  readonly type: "ClusterStopped";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
}

/** The cluster is to run another version of its application. */
export interface ClusterUpgradeRequested {
  readonly type: "ClusterUpgradeRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
}

/** The cluster runs the version that it was upgraded to. */
export interface ClusterUpgraded {
  readonly type: "ClusterUpgraded";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** As it stands now. */
  readonly deployment: Deployment;
  readonly addresses: readonly NodeAddress[];
}

/** The action ended without success. */
export interface DeploymentFailed {
  readonly type: "DeploymentFailed";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly reason: string;
}

/** All tasks of a layer have ended well enough; the next one begins. */
export interface DeploymentLayerFinished {
  readonly type: "DeploymentLayerFinished";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** From 0. */
  readonly layer: number;
}

/** The provider has planned an action and begins with its first layer. */
export interface DeploymentStarted {
  readonly type: "DeploymentStarted";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  /** OpenPitrix's job action, CreateCluster. */
  readonly action: string;
  readonly deployment: Deployment;
  /** The nodes that the action is about; empty: all. */
  readonly nodeIds: readonly string[];
  readonly layers: readonly DeploymentLayer[];
}

/** The action is done. */
export interface DeploymentSucceeded {
  readonly type: "DeploymentSucceeded";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly addresses: readonly NodeAddress[];
}

/** A group of users was created. */
export interface GroupCreated {
  readonly type: "GroupCreated";
  readonly groupId: string;
  /** Empty for a root group. */
  readonly parentGroupId: string;
  /** The ids from the root down to this group, each after a colon. */
  readonly groupPath: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly ownerPath: string;
}

/** A group without users and subgroups was deleted. */
export interface GroupDeleted {
  readonly type: "GroupDeleted";
  readonly groupId: string;
  readonly parentGroupId: string;
}

/** Users joined a group. */
export interface GroupJoined {
  readonly type: "GroupJoined";
  readonly groupId: string;
  readonly groupPath: string;
  readonly userIds: readonly string[];
}

/** Users left a group. */
export interface GroupLeft {
  readonly type: "GroupLeft";
  readonly groupId: string;
  readonly userIds: readonly string[];
}

/** A group's name and description, as they are now. */
export interface GroupModified {
  readonly type: "GroupModified";
  readonly groupId: string;
  readonly name: string;
  readonly description: string;
}

/** A group has another path, and so have its users and subgroups. */
export interface GroupMoved {
  readonly type: "GroupMoved";
  readonly groupId: string;
  readonly parentGroupId: string;
  readonly groupPath: string;
  readonly formerParentGroupId: string;
  readonly userIds: readonly string[];
  readonly subgroupIds: readonly string[];
}

/** A node has its place and its address. */
export interface NodeProvisioned {
  readonly type: "NodeProvisioned";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly nodeId: string;
  readonly instanceId: string;
  readonly privateIp: string;
}

/** A node is gone. */
export interface NodeReleased {
  readonly type: "NodeReleased";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly nodeId: string;
}

/** A repository of application packages was registered. */
export interface RepoCreated {
  readonly type: "RepoCreated";
  readonly repoId: string;
  readonly name: string;
  readonly description: string;
  /** How it is reached: http, https or s3. */
  readonly repoType: string;
  readonly url: string;
  /** Ciphertext of the credential; null for a repository that needs none. */
  readonly sealedCredential: string | null;
  /** Who sees its applications: public or private. */
  readonly visibility: string;
  /** Where its applications run; with kubernetes among them, its index is a Helm index. */
  readonly providers: readonly string[];
  /** A query string: key=value&key=value. */
  readonly labels: string;
  /** A query string: key=value&key=value. */
  readonly selectors: string;
  readonly categoryIds: readonly string[];
  /** The status of what is indexed from it: draft or active. */
  readonly appDefaultStatus: string;
  /** The user who registered it. */
  readonly owner: string;
  /** The owner's group path, by which groups see each other's rows. */
  readonly ownerPath: string;
}

/** A repository was taken out of the platform; its packages will be unlisted. */
export interface RepoDeleted {
  readonly type: "RepoDeleted";
  readonly repoId: string;
}

/** A role was defined; what it may do follows. */
export interface RoleCreated {
  readonly type: "RoleCreated";
  readonly roleId: string;
  readonly roleName: string;
  readonly description: string;
  /** Where it works: global_admin, isv or user. */
  readonly portal: string;
  readonly owner: string;
  readonly ownerPath: string;
}

/** A role is gone; those who have it lose what it allowed. */
export interface RoleDeleted {
  readonly type: "RoleDeleted";
  readonly roleId: string;
}

/** A role's name and description, as they are now. */
export interface RoleModified {
  readonly type: "RoleModified";
  readonly roleId: string;
  readonly roleName: string;
  readonly description: string;
}

/** What a role may do, all of it as it is now. */
export interface RoleModuleModified {
  readonly type: "RoleModuleModified";
  readonly roleId: string;
  readonly modules: readonly RoleModule[];
}

/** A place to deploy to: a zone of a provider, entered with a credential. */
export interface RuntimeCreated {
  readonly type: "RuntimeCreated";
  readonly runtimeId: string;
  readonly name: string;
  readonly description: string;
  readonly provider: string;
  readonly zone: string;
  readonly runtimeCredentialId: string;
  readonly debug: boolean;
  readonly owner: string;
  readonly ownerPath: string;
}

/** A way into a provider. */
export interface RuntimeCredentialCreated {
  readonly type: "RuntimeCredentialCreated";
  readonly runtimeCredentialId: string;
  readonly name: string;
  readonly description: string;
  readonly provider: string;
  readonly runtimeUrl: string;
  /** Only who holds the platform's keys can read it. */
  readonly sealedContent: string;
  readonly debug: boolean;
  readonly owner: string;
  readonly ownerPath: string;
}

/** The credential is given up. */
export interface RuntimeCredentialDeleted {
  readonly type: "RuntimeCredentialDeleted";
  readonly runtimeCredentialId: string;
}

/** A runtime no longer uses the credential. */
export interface RuntimeCredentialFreed {
  readonly type: "RuntimeCredentialFreed";
  readonly runtimeCredentialId: string;
  readonly runtimeId: string;
}

/** Name, description or content changed. */
export interface RuntimeCredentialModified {
  readonly type: "RuntimeCredentialModified";
  readonly runtimeCredentialId: string;
  readonly name: string;
  readonly description: string;
  readonly sealedContent: string;
}

/** A runtime uses the credential; until it is freed it is not deleted. */
export interface RuntimeCredentialUsed {
  readonly type: "RuntimeCredentialUsed";
  readonly runtimeCredentialId: string;
  readonly runtimeId: string;
}

/** The runtime is given up. */
export interface RuntimeDeleted {
  readonly type: "RuntimeDeleted";
  readonly runtimeId: string;
  readonly runtimeCredentialId: string;
  /** Clusters that were forced out. */
  readonly clusterIds: readonly string[];
}

/** Name, description or credential changed. */
export interface RuntimeModified {
  readonly type: "RuntimeModified";
  readonly runtimeId: string;
  readonly name: string;
  readonly description: string;
  readonly runtimeCredentialId: string;
  readonly formerRuntimeCredentialId: string;
}

/** A cluster may not use the runtime. */
export interface RuntimeRefused {
  readonly type: "RuntimeRefused";
  readonly runtimeId: string;
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly reason: string;
}

/** A cluster no longer uses the runtime. */
export interface RuntimeReleased {
  readonly type: "RuntimeReleased";
  readonly runtimeId: string;
  readonly clusterId: string;
}

/** A cluster may use the runtime; until it is released the runtime is not deleted. */
export interface RuntimeReserved {
  readonly type: "RuntimeReserved";
  readonly runtimeId: string;
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly provider: string;
  readonly zone: string;
  readonly runtimeCredentialId: string;
}

/** Tokens signed with this key are genuine. */
export interface SigningKeyAnnounced {
  readonly type: "SigningKeyAnnounced";
  readonly keyId: string;
  /** The public half, a JSON Web Key as text. */
  readonly publicJwk: string;
  /** Ciphertext of the private half. */
  readonly sealedPrivateJwk: string;
}

/** Tokens signed with this key are no longer genuine. */
export interface SigningKeyRetired {
  readonly type: "SigningKeyRetired";
  readonly keyId: string;
}

/** A group knows of one below it. */
export interface SubgroupAdded {
  readonly type: "SubgroupAdded";
  readonly groupId: string;
  readonly subgroupId: string;
  /** The parent's path at that moment. */
  readonly groupPath: string;
}

/** A group below this one moved away or is gone. */
export interface SubgroupRemoved {
  readonly type: "SubgroupRemoved";
  readonly groupId: string;
  readonly subgroupId: string;
}

/** A task ended without success. */
export interface TaskFailed {
  readonly type: "TaskFailed";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly taskId: string;
  readonly reason: string;
}

/** A task is being carried out. */
export interface TaskStarted {
  readonly type: "TaskStarted";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly taskId: string;
}

/** A task did what it was for. */
export interface TaskSucceeded {
  readonly type: "TaskSucceeded";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly taskId: string;
}

/** A user was created. */
export interface UserCreated {
  readonly type: "UserCreated";
  readonly userId: string;
  readonly username: string;
  /** Unique on the platform, whatever its case. */
  readonly email: string;
  readonly phoneNumber: string;
  readonly description: string;
  /** A slow salted hash; never the password. */
  readonly passwordHash: string;
  readonly roleIds: readonly string[];
  /** The ids of the groups from the root down, each after a colon; empty for a user outside any group. */
  readonly groupPath: string;
  /** The user itself. */
  readonly owner: string;
  /** The group path, a colon and the user id: by it groups see each other's rows. */
  readonly ownerPath: string;
}

/** A user was deleted; the e-mail is free again. */
export interface UserDeleted {
  readonly type: "UserDeleted";
  readonly userId: string;
  /** The groups it was in. */
  readonly groupIds: readonly string[];
}

/** A user joined or left a group, or one of its groups moved. */
export interface UserGroupPathChanged {
  readonly type: "UserGroupPathChanged";
  readonly userId: string;
  /** Of the group joined last; empty for a user outside any group. */
  readonly groupPath: string;
  readonly ownerPath: string;
  /** The paths of all its groups, the one joined last at the end. */
  readonly groupPaths: readonly string[];
}

/** A user's description of itself changed; all of it as it is now. */
export interface UserModified {
  readonly type: "UserModified";
  readonly userId: string;
  readonly username: string;
  readonly email: string;
  readonly phoneNumber: string;
  readonly description: string;
}

/** A user has a new password. */
export interface UserPasswordChanged {
  readonly type: "UserPasswordChanged";
  readonly userId: string;
  readonly passwordHash: string;
  /** The reset that it used up; null where it was set directly. */
  readonly resetId: string | null;
}

/** A change of password was not finished in time. */
export interface UserPasswordResetExpired {
  readonly type: "UserPasswordResetExpired";
  readonly userId: string;
  readonly resetId: string;
}

/** A change of password has begun; it lapses if it is not finished in time. */
export interface UserPasswordResetRequested {
  readonly type: "UserPasswordResetRequested";
  readonly userId: string;
  readonly resetId: string;
}

/** A user was given a role. */
export interface UserRoleBound {
  readonly type: "UserRoleBound";
  readonly userId: string;
  readonly roleId: string;
}

/** A role was taken from a user. */
export interface UserRoleUnbound {
  readonly type: "UserRoleUnbound";
  readonly userId: string;
  readonly roleId: string;
}

/** What can happen to a client. */
export type ClientEvent = ClientCreated;

/** What can happen to a cluster. */
export type ClusterEvent = ClusterActionFailed | ClusterActionStarted | ClusterActivated | ClusterAttributesModified | ClusterCeaseRequested | ClusterCeased | ClusterDeleted | ClusterDeletionRequested | ClusterDeploymentRequested | ClusterEnvUpdateRequested | ClusterEnvUpdated | ClusterNodeRenamed | ClusterNodesAdded | ClusterNodesDeleted | ClusterNodesRemovalRequested | ClusterNodesRequested | ClusterRecoveryRequested | ClusterRequested | ClusterResizeRequested | ClusterResized | ClusterRollbackRequested | ClusterRolledBack | ClusterStartRequested | ClusterStopRequested | ClusterStopped | ClusterUpgradeRequested | ClusterUpgraded;

/** What can happen to a group. */
export type GroupEvent = GroupCreated | GroupDeleted | GroupJoined | GroupLeft | GroupModified | GroupMoved | SubgroupAdded | SubgroupRemoved;

/** What can happen to a local deployment. */
export type LocalDeploymentEvent = DeploymentFailed | DeploymentLayerFinished | DeploymentStarted | DeploymentSucceeded | NodeProvisioned | NodeReleased | TaskFailed | TaskStarted | TaskSucceeded;

/** What can happen to a repo. */
export type RepoEvent = RepoCreated | RepoDeleted;

/** What can happen to a role. */
export type RoleEvent = RoleCreated | RoleDeleted | RoleModified | RoleModuleModified;

/** What can happen to a runtime. */
export type RuntimeEvent = RuntimeCreated | RuntimeDeleted | RuntimeModified | RuntimeRefused | RuntimeReleased | RuntimeReserved;

/** What can happen to a runtime credential. */
export type RuntimeCredentialEvent = RuntimeCredentialCreated | RuntimeCredentialDeleted | RuntimeCredentialFreed | RuntimeCredentialModified | RuntimeCredentialUsed;

/** What can happen to a signing key. */
export type SigningKeyEvent = SigningKeyAnnounced | SigningKeyRetired;

/** What can happen to an user. */
export type UserEvent = UserCreated | UserDeleted | UserGroupPathChanged | UserModified | UserPasswordChanged | UserPasswordResetExpired | UserPasswordResetRequested | UserRoleBound | UserRoleUnbound;

/** The events by the aggregate that announces them. */
export type EventByAggregate = {
  client: ClientEvent;
  cluster: ClusterEvent;
  group: GroupEvent;
  localDeployment: LocalDeploymentEvent;
  repo: RepoEvent;
  role: RoleEvent;
  runtime: RuntimeEvent;
  runtimeCredential: RuntimeCredentialEvent;
  signingKey: SigningKeyEvent;
  user: UserEvent;
};

export type Aggregate = keyof EventByAggregate;

export type EventByType = {
  ClientCreated: ClientCreated;
  ClusterActionFailed: ClusterActionFailed;
  ClusterActionStarted: ClusterActionStarted;
  ClusterActivated: ClusterActivated;
  ClusterAttributesModified: ClusterAttributesModified;
  ClusterCeaseRequested: ClusterCeaseRequested;
  ClusterCeased: ClusterCeased;
  ClusterDeleted: ClusterDeleted;
  ClusterDeletionRequested: ClusterDeletionRequested;
  ClusterDeploymentRequested: ClusterDeploymentRequested;
  ClusterEnvUpdateRequested: ClusterEnvUpdateRequested;
  ClusterEnvUpdated: ClusterEnvUpdated;
  ClusterNodeRenamed: ClusterNodeRenamed;
  ClusterNodesAdded: ClusterNodesAdded;
  ClusterNodesDeleted: ClusterNodesDeleted;
  ClusterNodesRemovalRequested: ClusterNodesRemovalRequested;
  ClusterNodesRequested: ClusterNodesRequested;
  ClusterRecoveryRequested: ClusterRecoveryRequested;
  ClusterRequested: ClusterRequested;
  ClusterResizeRequested: ClusterResizeRequested;
  ClusterResized: ClusterResized;
  ClusterRollbackRequested: ClusterRollbackRequested;
  ClusterRolledBack: ClusterRolledBack;
  ClusterStartRequested: ClusterStartRequested;
  ClusterStopRequested: ClusterStopRequested;
  ClusterStopped: ClusterStopped;
  ClusterUpgradeRequested: ClusterUpgradeRequested;
  ClusterUpgraded: ClusterUpgraded;
  DeploymentFailed: DeploymentFailed;
  DeploymentLayerFinished: DeploymentLayerFinished;
  DeploymentStarted: DeploymentStarted;
  DeploymentSucceeded: DeploymentSucceeded;
  GroupCreated: GroupCreated;
  GroupDeleted: GroupDeleted;
  GroupJoined: GroupJoined;
  GroupLeft: GroupLeft;
  GroupModified: GroupModified;
  GroupMoved: GroupMoved;
  NodeProvisioned: NodeProvisioned;
  NodeReleased: NodeReleased;
  RepoCreated: RepoCreated;
  RepoDeleted: RepoDeleted;
  RoleCreated: RoleCreated;
  RoleDeleted: RoleDeleted;
  RoleModified: RoleModified;
  RoleModuleModified: RoleModuleModified;
  RuntimeCreated: RuntimeCreated;
  RuntimeCredentialCreated: RuntimeCredentialCreated;
  RuntimeCredentialDeleted: RuntimeCredentialDeleted;
  RuntimeCredentialFreed: RuntimeCredentialFreed;
  RuntimeCredentialModified: RuntimeCredentialModified;
  RuntimeCredentialUsed: RuntimeCredentialUsed;
  RuntimeDeleted: RuntimeDeleted;
  RuntimeModified: RuntimeModified;
  RuntimeRefused: RuntimeRefused;
  RuntimeReleased: RuntimeReleased;
  RuntimeReserved: RuntimeReserved;
  SigningKeyAnnounced: SigningKeyAnnounced;
  SigningKeyRetired: SigningKeyRetired;
  SubgroupAdded: SubgroupAdded;
  SubgroupRemoved: SubgroupRemoved;
  TaskFailed: TaskFailed;
  TaskStarted: TaskStarted;
  TaskSucceeded: TaskSucceeded;
  UserCreated: UserCreated;
  UserDeleted: UserDeleted;
  UserGroupPathChanged: UserGroupPathChanged;
  UserModified: UserModified;
  UserPasswordChanged: UserPasswordChanged;
  UserPasswordResetExpired: UserPasswordResetExpired;
  UserPasswordResetRequested: UserPasswordResetRequested;
  UserRoleBound: UserRoleBound;
  UserRoleUnbound: UserRoleUnbound;
};

export type EventType = keyof EventByType;

export type AnyEvent = ClientCreated | ClusterActionFailed | ClusterActionStarted | ClusterActivated | ClusterAttributesModified | ClusterCeaseRequested | ClusterCeased | ClusterDeleted | ClusterDeletionRequested | ClusterDeploymentRequested | ClusterEnvUpdateRequested | ClusterEnvUpdated | ClusterNodeRenamed | ClusterNodesAdded | ClusterNodesDeleted | ClusterNodesRemovalRequested | ClusterNodesRequested | ClusterRecoveryRequested | ClusterRequested | ClusterResizeRequested | ClusterResized | ClusterRollbackRequested | ClusterRolledBack | ClusterStartRequested | ClusterStopRequested | ClusterStopped | ClusterUpgradeRequested | ClusterUpgraded | DeploymentFailed | DeploymentLayerFinished | DeploymentStarted | DeploymentSucceeded | GroupCreated | GroupDeleted | GroupJoined | GroupLeft | GroupModified | GroupMoved | NodeProvisioned | NodeReleased | RepoCreated | RepoDeleted | RoleCreated | RoleDeleted | RoleModified | RoleModuleModified | RuntimeCreated | RuntimeCredentialCreated | RuntimeCredentialDeleted | RuntimeCredentialFreed | RuntimeCredentialModified | RuntimeCredentialUsed | RuntimeDeleted | RuntimeModified | RuntimeRefused | RuntimeReleased | RuntimeReserved | SigningKeyAnnounced | SigningKeyRetired | SubgroupAdded | SubgroupRemoved | TaskFailed | TaskStarted | TaskSucceeded | UserCreated | UserDeleted | UserGroupPathChanged | UserModified | UserPasswordChanged | UserPasswordResetExpired | UserPasswordResetRequested | UserRoleBound | UserRoleUnbound;

/** The aggregates that announce each event type. */
export const eventTypes = {
  ClientCreated: ["client"],
  ClusterActionFailed: ["cluster"],
  ClusterActionStarted: ["cluster"],
  ClusterActivated: ["cluster"],
  ClusterAttributesModified: ["cluster"],
  ClusterCeaseRequested: ["cluster"],
  ClusterCeased: ["cluster"],
  ClusterDeleted: ["cluster"],
  ClusterDeletionRequested: ["cluster"],
  ClusterDeploymentRequested: ["cluster"],
  ClusterEnvUpdateRequested: ["cluster"],
  ClusterEnvUpdated: ["cluster"],
  ClusterNodeRenamed: ["cluster"],
  ClusterNodesAdded: ["cluster"],
  ClusterNodesDeleted: ["cluster"],
  ClusterNodesRemovalRequested: ["cluster"],
  ClusterNodesRequested: ["cluster"],
  ClusterRecoveryRequested: ["cluster"],
  ClusterRequested: ["cluster"],
  ClusterResizeRequested: ["cluster"],
  ClusterResized: ["cluster"],
  ClusterRollbackRequested: ["cluster"],
  ClusterRolledBack: ["cluster"],
  ClusterStartRequested: ["cluster"],
  ClusterStopRequested: ["cluster"],
  ClusterStopped: ["cluster"],
  ClusterUpgradeRequested: ["cluster"],
  ClusterUpgraded: ["cluster"],
  DeploymentFailed: ["localDeployment"],
  DeploymentLayerFinished: ["localDeployment"],
  DeploymentStarted: ["localDeployment"],
  DeploymentSucceeded: ["localDeployment"],
  GroupCreated: ["group"],
  GroupDeleted: ["group"],
  GroupJoined: ["group"],
  GroupLeft: ["group"],
  GroupModified: ["group"],
  GroupMoved: ["group"],
  NodeProvisioned: ["localDeployment"],
  NodeReleased: ["localDeployment"],
  RepoCreated: ["repo"],
  RepoDeleted: ["repo"],
  RoleCreated: ["role"],
  RoleDeleted: ["role"],
  RoleModified: ["role"],
  RoleModuleModified: ["role"],
  RuntimeCreated: ["runtime"],
  RuntimeCredentialCreated: ["runtimeCredential"],
  RuntimeCredentialDeleted: ["runtimeCredential"],
  RuntimeCredentialFreed: ["runtimeCredential"],
  RuntimeCredentialModified: ["runtimeCredential"],
  RuntimeCredentialUsed: ["runtimeCredential"],
  RuntimeDeleted: ["runtime"],
  RuntimeModified: ["runtime"],
  RuntimeRefused: ["runtime"],
  RuntimeReleased: ["runtime"],
  RuntimeReserved: ["runtime"],
  SigningKeyAnnounced: ["signingKey"],
  SigningKeyRetired: ["signingKey"],
  SubgroupAdded: ["group"],
  SubgroupRemoved: ["group"],
  TaskFailed: ["localDeployment"],
  TaskStarted: ["localDeployment"],
  TaskSucceeded: ["localDeployment"],
  UserCreated: ["user"],
  UserDeleted: ["user"],
  UserGroupPathChanged: ["user"],
  UserModified: ["user"],
  UserPasswordChanged: ["user"],
  UserPasswordResetExpired: ["user"],
  UserPasswordResetRequested: ["user"],
  UserRoleBound: ["user"],
  UserRoleUnbound: ["user"],
} as const;
