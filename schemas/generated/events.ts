// Generated from schemas/<aggregate>/<Event>.avsc by `npm run generate`. Do not edit.

/** A secret as ciphertext, which only the edge makes: clear text is not assignable. */
export type Sealed = string & { readonly sealed: true };

/** What earlier releases wrote of a person in clear. New events leave it empty: clear text is not assignable. */
export type Personal = "" | (string & { readonly personal: true });

/** A Helm release that was there before the cluster, which takes it over. */
export interface AdoptedRelease {
  /** Its name. */
  readonly release: string;
  /** The revision to take over, by its uid. Empty once the cluster has taken it over: then the release is its own. */
  readonly revision: string;
}

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
  readonly env: Readonly<Record<string, string>>;
  readonly services: readonly LifecycleService[];
  /** Absent: it is well when its process runs. */
  readonly healthCheck: HealthCheck | null;
}

/** Everything that a provider needs to make a cluster so: the description, not the steps. */
export interface Deployment {
  readonly provider: string;
  readonly runtimeId: string;
  readonly zone: string;
  readonly runtimeCredentialId: string;
  /** Whose the cluster is; empty in events of earlier releases. */
  readonly owner: string;
  readonly ownerPath: string;
  readonly name: string;
  readonly appId: string;
  readonly versionId: string;
  /** vmbased or helm. */
  readonly versionType: string;
  /** The archive, by content. */
  readonly packageDigest: string;
  /** The service that keeps the archive. */
  readonly packageOwner: string;
  /** The user's configuration, with a marker in the place of each secret: JSON, or the chart's values. */
  readonly configuration: string;
  /** What the markers in configuration and env stand for. */
  readonly secrets: readonly DeploymentSecret[];
  readonly env: Readonly<Record<string, string>>;
  readonly roles: readonly ClusterRole[];
  readonly nodes: readonly ClusterNode[];
  readonly endpoints: readonly Endpoint[];
  /** What was asked for of roles whose nodes are not planned. */
  readonly scales: readonly Scale[];
  /** Absent: the release is named after the cluster, which makes it. */
  readonly adopted: AdoptedRelease | null;
}

/** Tasks that run in parallel; the next layer begins when all have ended. */
export interface DeploymentLayer {
  readonly tasks: readonly DeploymentTask[];
}

/** A secret of the configuration. */
export interface DeploymentSecret {
  /** The dotted path of the setting; empty for the whole configuration of a chart. */
  readonly path: string;
  readonly sealed: Sealed;
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

/** A node that its provider has found, such as a pod. */
export interface DiscoveredNode {
  readonly nodeId: string;
  readonly name: string;
  /** What it is a part of, such as the name of a Deployment. */
  readonly role: string;
  /** Its name at the provider. */
  readonly instanceId: string;
  /** Empty while it has no address. */
  readonly privateIp: string;
  /** Whether it is ready. */
  readonly healthy: boolean;
  /** What keeps it from being ready; empty if nothing is known. */
  readonly reason: string;
}

/** A port that the application answers on. */
export interface Endpoint {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** Where an application can be reached, as its provider has found it. */
export interface FoundEndpoint {
  /** Such as Service/web/http. */
  readonly name: string;
  /** A host name or an address; of an Ingress a URL. */
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

/** How to see that a node of a role is well. */
export interface HealthCheck {
  readonly command: string;
  readonly intervalSeconds: number;
  /** How long it may take to become well. */
  readonly timeoutSeconds: number;
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

/** Who looks after a package. */
export interface Maintainer {
  readonly name: string;
  /** Empty: filled in events of earlier releases. */
  readonly email: Personal;
  readonly url: string;
}

/** Where a node is. */
export interface NodeAddress {
  readonly nodeId: string;
  readonly instanceId: string;
  readonly privateIp: string;
}

/** What is known of one package of a repository. */
export interface RecordedPackage {
  readonly packageId: string;
  readonly appId: string;
  /** Of its entry in the index; empty while it may be listed or not. */
  readonly fingerprint: string;
  /** Of its archive, as it was fetched from this repository: `sha256:` and hex. Empty while it may be listed or not, and in events of earlier releases. */
  readonly digest: string;
}

/** What is granted of a module, and on whose rows. */
export interface RoleModule {
  readonly moduleId: string;
  /** Whose rows: all, group or self. */
  readonly dataLevel: string;
  readonly actionBundleIds: readonly string[];
}

/** How many nodes a role has, where its package says another number. */
export interface Scale {
  /** Such as the name of a Deployment or StatefulSet. */
  readonly role: string;
  readonly count: number;
}

/** An application came into the catalogue: uploaded by a person, or found in a repository. */
export interface AppCreated {
  readonly type: "AppCreated";
  readonly appId: string;
  readonly name: string;
  readonly description: string;
  readonly home: string;
  /** An attachment id, or a URL. */
  readonly icon: string;
  /** Attachment ids or URLs, separated by commas. */
  readonly screenshots: string;
  /** JSON: a list of name, email, url. No e-mail addresses, but in events of earlier releases. */
  readonly maintainers: string;
  /** Separated by commas. */
  readonly keywords: string;
  /** Separated by commas. */
  readonly sources: string;
  readonly readme: string;
  /** A short description. */
  readonly abstraction: string;
  /** Terms of service. */
  readonly tos: string;
  readonly categoryIds: readonly string[];
  /** Where it comes from; repo-vmbased or repo-helm if a person uploaded it. */
  readonly repoId: string;
  /** The name that its packages have. */
  readonly chartName: string;
  /** The vendor's user id; may be empty. */
  readonly isv: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
  /** The uploaded icon and screenshots: attachment id to content, sha256:<hex>. */
  readonly files: Readonly<Record<string, string>>;
}

/** An application was taken out of the catalogue; all its versions are deleted. */
export interface AppDeleted {
  readonly type: "AppDeleted";
  readonly appId: string;
}

/** Another version is the newest one. */
export interface AppLatestVersionChanged {
  readonly type: "AppLatestVersionChanged";
  readonly appId: string;
  /** The newest that is not deleted; empty for none. */
  readonly versionId: string;
  /** The newest that is active; empty for none. */
  readonly activeVersionId: string;
}

/** What is told of an application changed; all of it, as it stands now. */
export interface AppModified {
  readonly type: "AppModified";
  readonly appId: string;
  readonly name: string;
  readonly description: string;
  readonly home: string;
  /** An attachment id, or a URL. */
  readonly icon: string;
  /** Attachment ids or URLs, separated by commas. */
  readonly screenshots: string;
  /** JSON: a list of name, email, url. No e-mail addresses, but in events of earlier releases. */
  readonly maintainers: string;
  /** Separated by commas. */
  readonly keywords: string;
  /** Separated by commas. */
  readonly sources: string;
  readonly readme: string;
  /** A short description. */
  readonly abstraction: string;
  /** Terms of service. */
  readonly tos: string;
  readonly categoryIds: readonly string[];
  /** The uploaded icon and screenshots: attachment id to content, sha256:<hex>. */
  readonly files: Readonly<Record<string, string>>;
}

/** The status of an application, which follows from those of its versions, changed. */
export interface AppStatusChanged {
  readonly type: "AppStatusChanged";
  readonly appId: string;
  /** draft, active, suspended or deleted. */
  readonly status: string;
}

/** A version of an application came into the catalogue: uploaded by a person, or found in a repository. */
export interface AppVersionCreated {
  readonly type: "AppVersionCreated";
  readonly appId: string;
  readonly versionId: string;
  readonly appName: string;
  readonly name: string;
  /** vmbased or helm. */
  readonly versionType: string;
  /** The package's own version number. */
  readonly version: string;
  /** The higher, the newer. */
  readonly sequence: number;
  /** draft, or active if its repository says so. */
  readonly status: string;
  readonly description: string;
  readonly home: string;
  /** An attachment id, or a URL. */
  readonly icon: string;
  /** Attachment ids or URLs, separated by commas. */
  readonly screenshots: string;
  /** JSON: a list of name, email, url. No e-mail addresses, but in events of earlier releases. */
  readonly maintainers: string;
  /** Separated by commas. */
  readonly keywords: string;
  /** Separated by commas. */
  readonly sources: string;
  readonly readme: string;
  /** Where the archive stands in its repository; empty if uploaded. */
  readonly packageName: string;
  /** The archive, by content: sha256:<hex>. */
  readonly packageDigest: string;
  /** The service that serves the archive: repo or app. */
  readonly packageOwner: string;
  /** config.json of a vmbased package; empty for helm. */
  readonly configJson: string;
  /** cluster.json.tmpl of a vmbased package; empty for helm. */
  readonly template: string;
  /** values.yaml of a chart; empty for vmbased, and if it is larger than 256 KiB. */
  readonly values: string;
  /** values.schema.json of a chart; empty if it has none, and if it is larger than 256 KiB. */
  readonly valuesSchema: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
  /** public or private: who sees it in the store. Empty in older events: uploads are public, indexed versions private. */
  readonly visibility: string;
}

/** A version is deleted: by a person, or since its repository offers it no longer. */
export interface AppVersionDeleted {
  readonly type: "AppVersionDeleted";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** Why, if no person did it. */
  readonly message: string;
  /** deleted */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A version was renamed or described anew. */
export interface AppVersionModified {
  readonly type: "AppVersionModified";
  readonly appId: string;
  readonly versionId: string;
  readonly name: string;
  readonly description: string;
}

/** A version has another package. */
export interface AppVersionPackageReplaced {
  readonly type: "AppVersionPackageReplaced";
  readonly appId: string;
  readonly versionId: string;
  /** The package's own version number. */
  readonly version: string;
  readonly home: string;
  /** An attachment id, or a URL. */
  readonly icon: string;
  /** Attachment ids or URLs, separated by commas. */
  readonly screenshots: string;
  /** JSON: a list of name, email, url. No e-mail addresses, but in events of earlier releases. */
  readonly maintainers: string;
  /** Separated by commas. */
  readonly keywords: string;
  /** Separated by commas. */
  readonly sources: string;
  readonly readme: string;
  /** Where the archive stands in its repository; empty if uploaded. */
  readonly packageName: string;
  /** The archive, by content: sha256:<hex>. */
  readonly packageDigest: string;
  /** The service that serves the archive: repo or app. */
  readonly packageOwner: string;
  /** config.json of a vmbased package; empty for helm. */
  readonly configJson: string;
  /** cluster.json.tmpl of a vmbased package; empty for helm. */
  readonly template: string;
  /** values.yaml of a chart; empty for vmbased, and if it is larger than 256 KiB. */
  readonly values: string;
  /** values.schema.json of a chart; empty if it has none, and if it is larger than 256 KiB. */
  readonly valuesSchema: string;
  /** public or private: who sees it in the store. Empty in older events: an upload keeps it, indexed versions are private. */
  readonly visibility: string;
  /** Whether the store shows this content at once. Otherwise it is its owner's until a release. */
  readonly published: boolean;
}

/** A suspended version is in the store again. */
export interface AppVersionRecovered {
  readonly type: "AppVersionRecovered";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** active */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A passed version is in the store. */
export interface AppVersionReleased {
  readonly type: "AppVersionReleased";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** active */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A rejected version is being worked on again: it is a draft. */
export interface AppVersionReopened {
  readonly type: "AppVersionReopened";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** draft */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A phase of the review is passed; with the last one, the version. */
export interface AppVersionReviewPassed {
  readonly type: "AppVersionReviewPassed";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** In which part the reviewer acts: isv, business, technical or admin. */
  readonly operatorType: string;
  /** What the version is now: in-review or passed. */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** The version was rejected; the review is over. */
export interface AppVersionReviewRejected {
  readonly type: "AppVersionReviewRejected";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** In which part the reviewer acts: isv, business, technical or admin. */
  readonly operatorType: string;
  /** Why. */
  readonly message: string;
  /** rejected */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A reviewer has taken a phase of the review in hand. */
export interface AppVersionReviewStarted {
  readonly type: "AppVersionReviewStarted";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** In which part the reviewer acts: isv, business, technical or admin. */
  readonly operatorType: string;
  /** in-review */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** An indexed version has the status that its repository gives. */
export interface AppVersionStatusInherited {
  readonly type: "AppVersionStatusInherited";
  readonly appId: string;
  readonly versionId: string;
  /** draft or active; after a deletion suspended or rejected, if it was that before. */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A version was taken back from review. */
export interface AppVersionSubmissionCancelled {
  readonly type: "AppVersionSubmissionCancelled";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** draft */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A version was handed in for review. */
export interface AppVersionSubmitted {
  readonly type: "AppVersionSubmitted";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** submitted */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** An active version was taken out of the store for the time being. */
export interface AppVersionSuspended {
  readonly type: "AppVersionSuspended";
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  /** suspended */
  readonly status: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** An image or another file was put beside an application or a category. */
export interface AttachmentUploaded {
  readonly type: "AttachmentUploaded";
  readonly attachmentId: string;
  readonly filename: string;
  /** The file, by content: sha256:<hex>. */
  readonly digest: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** Applications can be put into a new category. */
export interface CategoryCreated {
  readonly type: "CategoryCreated";
  readonly categoryId: string;
  readonly name: string;
  /** Its name by language, as a JSON text. */
  readonly locale: string;
  readonly description: string;
  /** An attachment id. */
  readonly icon: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** A category is gone; what was in it is no longer. */
export interface CategoryDeleted {
  readonly type: "CategoryDeleted";
  readonly categoryId: string;
}

/** What is told of a category changed; all of it, as it stands now. */
export interface CategoryModified {
  readonly type: "CategoryModified";
  readonly categoryId: string;
  readonly name: string;
  /** Its name by language, as a JSON text. */
  readonly locale: string;
  readonly description: string;
  /** An attachment id. */
  readonly icon: string;
}

/** A program got credentials with which it acts as a user. */
export interface ClientCreated {
  readonly type: "ClientCreated";
  readonly clientId: string;
  readonly userId: string;
  /** Empty: hashes are events of `clientSecret`. Filled in events of earlier releases. */
  readonly secretHash: string;
  readonly owner: string;
  readonly ownerPath: string;
}

/** What a client's tokens may be used for was limited, or the limit was lifted. */
export interface ClientLimited {
  readonly type: "ClientLimited";
  readonly clientId: string;
  /** Only operations of these action bundles; empty: all that the user may call. */
  readonly actionBundleIds: readonly string[];
}

/** A client gets no tokens any more, and those that it has are not good. */
export interface ClientRevoked {
  readonly type: "ClientRevoked";
  readonly clientId: string;
}

/** A client has a secret, with which it authenticates itself. */
export interface ClientSecretSet {
  readonly type: "ClientSecretSet";
  readonly clientId: string;
  /** A slow salted hash; never the secret. */
  readonly secretHash: string;
}

/** The action ended without success; the cluster stays as the provider left it. */
export interface ClusterActionFailed {
  readonly type: "ClusterActionFailed";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly reason: string;
  /** The nodes that the action was about. */
  readonly nodeIds: readonly string[];
  /** Nodes that it was to add and that do not come. */
  readonly addedNodeIds: readonly string[];
  /** The provider that the cluster has given up waiting for: it takes back what it does of the action. Empty: none. */
  readonly provider: string;
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
  /** It ends at its deadline even if its provider has not reported. */
  readonly force: boolean;
}

/** Nothing of the cluster is left. */
export interface ClusterCeased {
  readonly type: "ClusterCeased";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly nodeIds: readonly string[];
  readonly runtimeId: string;
}

/** The cluster is put away. */
export interface ClusterDeleted {
  readonly type: "ClusterDeleted";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly nodeIds: readonly string[];
}

/** The cluster is to be stopped and put away; it can be recovered until it is ceased. */
export interface ClusterDeletionRequested {
  readonly type: "ClusterDeletionRequested";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly deployment: Deployment;
  /** It ends at its deadline even if its provider has not reported. */
  readonly force: boolean;
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
  /** The number of the deployed state, from 1; 0 in events of earlier releases. */
  readonly revision: number;
}

/** A node of the cluster does not run although it should; its provider keeps trying. */
export interface ClusterNodeFailed {
  readonly type: "ClusterNodeFailed";
  readonly clusterId: string;
  readonly nodeId: string;
  /** What the provider says of it. */
  readonly reason: string;
}

/** A node of the cluster that had failed runs again. */
export interface ClusterNodeRecovered {
  readonly type: "ClusterNodeRecovered";
  readonly clusterId: string;
  readonly nodeId: string;
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
  readonly removedNodeIds: readonly string[];
}

/** The provider of a cluster has found its nodes, which the cluster does not plan itself. */
export interface ClusterNodesDiscovered {
  readonly type: "ClusterNodesDiscovered";
  readonly clusterId: string;
  /** All nodes that there are now. */
  readonly nodes: readonly DiscoveredNode[];
  /** Those that there were before and are no more. */
  readonly lostNodeIds: readonly string[];
  readonly owner: string;
  readonly ownerPath: string;
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

/** The provider of a cluster has found that it is reached elsewhere, or is not any more as it was deployed. */
export interface ClusterObserved {
  readonly type: "ClusterObserved";
  readonly clusterId: string;
  /** All that there are now. */
  readonly endpoints: readonly FoundEndpoint[];
  /** What differs from what was deployed, a sentence each; empty: nothing. */
  readonly drift: readonly string[];
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
  /** The number of the deployed state, from 1; 0 in events of earlier releases. */
  readonly revision: number;
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
  /** The number of the deployed state, from 1; 0 in events of earlier releases. */
  readonly revision: number;
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
  readonly nodeIds: readonly string[];
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
  /** The number of the deployed state, from 1; 0 in events of earlier releases. */
  readonly revision: number;
}

/** The action will end without success: what it has done is taken back first. */
export interface DeploymentAborted {
  readonly type: "DeploymentAborted";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly reason: string;
  /** What the cluster is to be like again. */
  readonly deployment: Deployment;
  /** The index of the first of these layers; the action's own come before. */
  readonly layer: number;
  readonly layers: readonly DeploymentLayer[];
  /** Tasks of the action that are not done any more. */
  readonly abandonedTaskIds: readonly string[];
}

/** The action ended without success. */
export interface DeploymentFailed {
  readonly type: "DeploymentFailed";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly reason: string;
  /** Tasks of later layers, which are not done any more. */
  readonly unstartedTaskIds: readonly string[];
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

/** The provider has found that a deployment is reached elsewhere, or is not any more as it was deployed. */
export interface DeploymentObserved {
  readonly type: "DeploymentObserved";
  readonly clusterId: string;
  /** All that there are now. */
  readonly endpoints: readonly FoundEndpoint[];
  /** What differs from what was deployed, a sentence each; empty: nothing. */
  readonly drift: readonly string[];
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

/** The platform has a key of the keyed hashes by which people are found. */
export interface LookupKeyCreated {
  readonly type: "LookupKeyCreated";
  readonly lookupKeyId: string;
  /** Ciphertext of the key, 32 bytes in base64url. */
  readonly sealedKey: Sealed;
}

/** What runs on a node ended unasked; it is started again with growing pauses. */
export interface NodeFailed {
  readonly type: "NodeFailed";
  readonly clusterId: string;
  readonly nodeId: string;
  /** How it ended. */
  readonly reason: string;
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

/** A node that had failed runs again, and has stayed up for a while. */
export interface NodeRecovered {
  readonly type: "NodeRecovered";
  readonly clusterId: string;
  readonly nodeId: string;
}

/** A node is gone. */
export interface NodeReleased {
  readonly type: "NodeReleased";
  readonly clusterId: string;
  /** The action; its outcome echoes it. */
  readonly jobId: string;
  readonly nodeId: string;
}

/** The provider has found the nodes of a cluster, which are not planned. */
export interface NodesDiscovered {
  readonly type: "NodesDiscovered";
  readonly clusterId: string;
  /** All nodes that there are now. */
  readonly nodes: readonly DiscoveredNode[];
  /** Those that there were before and are no more. */
  readonly lostNodeIds: readonly string[];
}

/** What a run listed or unlisted has reached the app catalogue. */
export interface PackageAdopted {
  readonly type: "PackageAdopted";
  /** The indexing run. */
  readonly repoEventId: string;
  readonly packageId: string;
}

/** A repository offers a package, or offers it with another content than before. */
export interface PackageListed {
  readonly type: "PackageListed";
  /** One a repository, name and version. */
  readonly packageId: string;
  readonly repoId: string;
  /** The indexing run. */
  readonly repoEventId: string;
  /** The number of the run in its repository. */
  readonly run: number;
  /** The application that it is a version of; follows from repository and name. */
  readonly appId: string;
  /** Follows from the package's id. */
  readonly versionId: string;
  /** The status of what is indexed from the repository: draft or active. */
  readonly appDefaultStatus: string;
  /** vmbased or helm. */
  readonly packageType: string;
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** version [appVersion] */
  readonly versionName: string;
  readonly description: string;
  readonly home: string;
  readonly icon: string;
  readonly keywords: readonly string[];
  readonly sources: readonly string[];
  readonly screenshots: readonly string[];
  readonly maintainers: readonly Maintainer[];
  readonly readme: string;
  /** Where the archive is, as the index has it. */
  readonly packageName: string;
  /** The archive, by content: sha256:<hex>. */
  readonly digest: string;
  /** As the index writes it. */
  readonly created: string;
  /** Of its entry in the index. */
  readonly fingerprint: string;
  /** config.json of a vmbased package; empty for helm. */
  readonly configJson: string;
  /** cluster.json.tmpl of a vmbased package; empty for helm. */
  readonly template: string;
  /** values.yaml of a chart; empty for vmbased, and if it is larger than 256 KiB. */
  readonly values: string;
  /** values.schema.json of a chart; empty if it has none, and if it is larger than 256 KiB. */
  readonly valuesSchema: string;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
  /** Of its repository: public or private. */
  readonly visibility: string;
  /** The user id of the owner's vendor; empty without one. */
  readonly isv: string;
}

/** A repository offers a package no longer. */
export interface PackageUnlisted {
  readonly type: "PackageUnlisted";
  /** One a repository, name and version. */
  readonly packageId: string;
  readonly repoId: string;
  /** The indexing run. */
  readonly repoEventId: string;
  /** The number of the run in its repository. */
  readonly run: number;
  /** The application that it is a version of; follows from repository and name. */
  readonly appId: string;
  /** Follows from the package's id. */
  readonly versionId: string;
}

/** The password of a deleted user was removed. */
export interface PasswordRemoved {
  readonly type: "PasswordRemoved";
  readonly userId: string;
}

/** A change of password was not finished in time. */
export interface PasswordResetExpired {
  readonly type: "PasswordResetExpired";
  readonly userId: string;
  readonly resetId: string;
}

/** A change of password has begun; it lapses if it is not finished in time. */
export interface PasswordResetRequested {
  readonly type: "PasswordResetRequested";
  readonly userId: string;
  /** Who knows it may set the password. */
  readonly resetId: string;
  /** The user's. Who finishes it needs power over the user. */
  readonly ownerPath: string;
}

/** A user has a password. */
export interface PasswordSet {
  readonly type: "PasswordSet";
  readonly userId: string;
  /** A slow salted hash; never the password. */
  readonly passwordHash: string;
  /** The number of the password, from 1. Tokens name the one that they were issued under. */
  readonly generation: number;
  /** The reset that it used up; null where it was set directly. */
  readonly resetId: string | null;
}

/** What a provider can do, from its start on; a later announcement takes the place of this one. */
export interface ProviderAnnounced {
  readonly type: "ProviderAnnounced";
  /** The name that runtimes have, such as local. */
  readonly provider: string;
  /** The service that carries out its actions. */
  readonly service: string;
  /** The job actions that it carries out, such as CreateCluster. */
  readonly actions: readonly string[];
  /** The kinds of packages that it deploys: vmbased, helm. */
  readonly versionTypes: readonly string[];
  /** All its zones; empty: they depend on the credential. */
  readonly zones: readonly string[];
  /** A JSON Schema that the content of its credentials satisfies, as JSON. */
  readonly credentialSchema: string;
}

/** So many packages of a run are to reach the app catalogue. */
export interface RepoAdoptionExpected {
  readonly type: "RepoAdoptionExpected";
  /** The indexing run. */
  readonly repoEventId: string;
  readonly repoId: string;
  readonly expected: number;
}

/** A repository of application packages was registered. */
export interface RepoCreated {
  readonly type: "RepoCreated";
  readonly repoId: string;
  readonly name: string;
  readonly description: string;
  /** How it is reached: http, https, s3 or oci. */
  readonly repoType: string;
  /** Without user and password. */
  readonly url: string;
  /** Ciphertext of what opens it, also of the URL's user and password; null for a repository that needs nothing. */
  readonly sealedCredential: Sealed | null;
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
  /** Who made it: 0 a user, 1 the platform itself. */
  readonly controller: number;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
  /** How long after its last run it is indexed again: 0 for never, -1 for as long as the platform's settings say. */
  readonly syncSeconds: number;
}

/** A repository was taken out of the platform; its packages will be unlisted. */
export interface RepoDeleted {
  readonly type: "RepoDeleted";
  readonly repoId: string;
}

/** Everything that an indexing run listed or unlisted has reached the app catalogue. */
export interface RepoIndexAdopted {
  readonly type: "RepoIndexAdopted";
  /** The indexing run. */
  readonly repoEventId: string;
  readonly repoId: string;
}

/** Everything that the index offers is listed, and nothing else. */
export interface RepoIndexed {
  readonly type: "RepoIndexed";
  readonly repoId: string;
  /** The indexing run. */
  readonly repoEventId: string;
  /** Packages in the index. */
  readonly count: number;
  /** Packages that this run announced as listed. */
  readonly listed: number;
  /** Packages that this run announced as unlisted. */
  readonly unlisted: number;
  /** Of the index, where it alone decides what is listed; else empty. */
  readonly indexFingerprint: string;
  /** Versions of the index that cannot be listed, and why: the first ones, and how many more there are. */
  readonly skipped: readonly string[];
  /** What its server knows that index by: its entity tag, or else the time of its last change; empty if it said neither. */
  readonly indexEtag: string;
}

/** An indexing run ended without success; what was listed before stays. */
export interface RepoIndexingFailed {
  readonly type: "RepoIndexingFailed";
  readonly repoId: string;
  /** The indexing run. */
  readonly repoEventId: string;
  readonly reason: string;
  /** How long after this run the next one starts: 0 for never, or where another run is under way; -1 for as long as the platform's settings say. */
  readonly syncSeconds: number;
}

/** What a repository offers is to be compared with what is listed of it. */
export interface RepoIndexingRequested {
  readonly type: "RepoIndexingRequested";
  readonly repoId: string;
  /** The indexing run. */
  readonly repoEventId: string;
  /** Counts the runs of the repository; of two that meet, the higher one has its way. */
  readonly run: number;
  /** The user whose it is. */
  readonly owner: string;
  /** The path of the owner's group at that time, a colon and the owner's id: the row belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
}

/** Everything that an indexing run listed or unlisted has reached the app catalogue. */
export interface RepoIndexingSucceeded {
  readonly type: "RepoIndexingSucceeded";
  readonly repoId: string;
  /** The indexing run. */
  readonly repoEventId: string;
  /** How long after this run the next one starts: 0 for never, -1 for as long as the platform's settings say. */
  readonly syncSeconds: number;
}

/** A run notes what it is about to list (without a fingerprint), or has listed or unlisted. */
export interface RepoListingRecorded {
  readonly type: "RepoListingRecorded";
  readonly repoId: string;
  /** The indexing run. */
  readonly repoEventId: string;
  readonly packages: readonly RecordedPackage[];
  /** Ids of packages that are no longer listed. */
  readonly unlisted: readonly string[];
}

/** What is known of a repository changed; all of it, as it stands now. */
export interface RepoModified {
  readonly type: "RepoModified";
  readonly repoId: string;
  readonly name: string;
  readonly description: string;
  /** How it is reached: http, https, s3 or oci. */
  readonly repoType: string;
  /** Without user and password. */
  readonly url: string;
  /** Ciphertext of what opens it, also of the URL's user and password; null for a repository that needs nothing. */
  readonly sealedCredential: Sealed | null;
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
  /** How long after its last run it is indexed again: 0 for never, -1 for as long as the platform's settings say. */
  readonly syncSeconds: number;
}

/** Another run follows the one under way, which may have read the index before something was pushed. */
export interface RepoSyncQueued {
  readonly type: "RepoSyncQueued";
  readonly repoId: string;
  /** The indexing run that follows. */
  readonly repoEventId: string;
}

/** No token is good to have the repository indexed. */
export interface RepoSyncTokenRevoked {
  readonly type: "RepoSyncTokenRevoked";
  readonly repoId: string;
}

/** Whoever has a token may have the repository indexed; the one before is no longer good. */
export interface RepoSyncTokenSet {
  readonly type: "RepoSyncTokenSet";
  readonly repoId: string;
  /** SHA-256 of the token, in hex: the token itself is 256 random bits, and nowhere but with whom it was shown to. */
  readonly tokenDigest: string;
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
  readonly sealedContent: Sealed;
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
  readonly sealedContent: Sealed;
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

/** A session ended: none of its refresh tokens is good any more. */
export interface SessionEnded {
  readonly type: "SessionEnded";
  readonly sessionId: string;
  /** Why, for operators. */
  readonly reason: string;
}

/** A refresh token was used, and its successor took its place. */
export interface SessionRefreshed {
  readonly type: "SessionRefreshed";
  readonly sessionId: string;
  /** The number of the new refresh token, which is the version of the stream. */
  readonly number: number;
}

/** Somebody signed in through a client and got the first refresh token of a session. */
export interface SessionStarted {
  readonly type: "SessionStarted";
  readonly sessionId: string;
  readonly userId: string;
  readonly clientId: string;
}

/** Tokens signed with this key are genuine. */
export interface SigningKeyAnnounced {
  readonly type: "SigningKeyAnnounced";
  readonly keyId: string;
  /** The public half, a JSON Web Key as text. */
  readonly publicJwk: string;
  /** Ciphertext of the private half. */
  readonly sealedPrivateJwk: Sealed;
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
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly username: Personal;
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly email: Personal;
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly phoneNumber: Personal;
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly description: Personal;
  /** Empty: hashes are events of `password`. Filled in events of earlier releases. */
  readonly passwordHash: string;
  readonly roleIds: readonly string[];
  /** The ids of the groups from the root down, each after a colon; empty for a user outside any group. */
  readonly groupPath: string;
  /** The user itself. */
  readonly owner: string;
  /** The group path, a colon and the user id: what the user makes belongs to the last group in it, wherever people move. */
  readonly ownerPath: string;
  /** Ciphertext of what is known of the person: JSON of username, email, phoneNumber and description. Null in events of earlier releases. */
  readonly person: Sealed | null;
  /** A keyed hash of the e-mail address in lower case, which is unique on the platform. Empty in events of earlier releases. */
  readonly emailDigest: string;
}

/** A user was deleted; the e-mail is free again, and the key of what was known of the person is destroyed. */
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

/** What is known of a user changed; all of it as it is now. */
export interface UserModified {
  readonly type: "UserModified";
  readonly userId: string;
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly username: Personal;
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly email: Personal;
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly phoneNumber: Personal;
  /** Empty: see `person`. Filled in events of earlier releases. */
  readonly description: Personal;
  /** Ciphertext of what is known of the person: JSON of username, email, phoneNumber and description. Null in events of earlier releases. */
  readonly person: Sealed | null;
  /** A keyed hash of the e-mail address in lower case, which is unique on the platform. Empty in events of earlier releases. */
  readonly emailDigest: string;
}

/** A user has a new password. */
export interface UserPasswordChanged {
  readonly type: "UserPasswordChanged";
  readonly userId: string;
  /** Empty: hashes are events of `password`. Filled in events of earlier releases. */
  readonly passwordHash: string;
  /** The reset that it used up; null where it was set directly, and since passwords are an aggregate of their own. */
  readonly resetId: string | null;
  /** The number of the password: tokens of earlier ones are not good any more. 0 in events of earlier releases. */
  readonly generation: number;
}

/** A change of password was not finished in time. Earlier releases only: see `password`. */
export interface UserPasswordResetExpired {
  readonly type: "UserPasswordResetExpired";
  readonly userId: string;
  readonly resetId: string;
}

/** A change of password has begun; it lapses if it is not finished in time. Earlier releases only: see `password`. */
export interface UserPasswordResetRequested {
  readonly type: "UserPasswordResetRequested";
  readonly userId: string;
  readonly resetId: string;
  /** The user's. Who finishes it needs power over the user. */
  readonly ownerPath: string;
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

/** Somebody wants events to be sent to an address of theirs. */
export interface WebhookCreated {
  readonly type: "WebhookCreated";
  readonly webhookId: string;
  readonly url: string;
  readonly description: string;
  /** The types that are sent; empty: all. */
  readonly eventTypes: readonly string[];
  /** What signs the messages. */
  readonly sealedSecret: Sealed;
  readonly owner: string;
  readonly ownerPath: string;
}

/** Nothing is sent any more. */
export interface WebhookDeleted {
  readonly type: "WebhookDeleted";
  readonly webhookId: string;
}

/** A webhook was changed. */
export interface WebhookModified {
  readonly type: "WebhookModified";
  readonly webhookId: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  /** Whether anything is sent. */
  readonly enabled: boolean;
}

/** The events since a time are to be sent again. */
export interface WebhookReplayRequested {
  readonly type: "WebhookReplayRequested";
  readonly webhookId: string;
  /** RFC 3339, in UTC. */
  readonly since: string;
}

/** A webhook has another secret. Until a time, messages are signed with the former one, too. */
export interface WebhookSecretRotated {
  readonly type: "WebhookSecretRotated";
  readonly webhookId: string;
  readonly sealedSecret: Sealed;
  /** RFC 3339, in UTC. */
  readonly formerUntil: string;
}

/** What can happen to an app. */
export type AppEvent = AppCreated | AppDeleted | AppLatestVersionChanged | AppModified | AppStatusChanged | AppVersionCreated | AppVersionDeleted | AppVersionModified | AppVersionPackageReplaced | AppVersionRecovered | AppVersionReleased | AppVersionReopened | AppVersionReviewPassed | AppVersionReviewRejected | AppVersionReviewStarted | AppVersionStatusInherited | AppVersionSubmissionCancelled | AppVersionSubmitted | AppVersionSuspended;

/** What can happen to an attachment. */
export type AttachmentEvent = AttachmentUploaded;

/** What can happen to a category. */
export type CategoryEvent = CategoryCreated | CategoryDeleted | CategoryModified;

/** What can happen to a client. */
export type ClientEvent = ClientCreated | ClientLimited | ClientRevoked;

/** What can happen to a client secret. */
export type ClientSecretEvent = ClientSecretSet;

/** What can happen to a cluster. */
export type ClusterEvent = ClusterActionFailed | ClusterActionStarted | ClusterActivated | ClusterAttributesModified | ClusterCeaseRequested | ClusterCeased | ClusterDeleted | ClusterDeletionRequested | ClusterDeploymentRequested | ClusterEnvUpdateRequested | ClusterEnvUpdated | ClusterNodeFailed | ClusterNodeRecovered | ClusterNodeRenamed | ClusterNodesAdded | ClusterNodesDeleted | ClusterNodesDiscovered | ClusterNodesRemovalRequested | ClusterNodesRequested | ClusterObserved | ClusterRecoveryRequested | ClusterRequested | ClusterResizeRequested | ClusterResized | ClusterRollbackRequested | ClusterRolledBack | ClusterStartRequested | ClusterStopRequested | ClusterStopped | ClusterUpgradeRequested | ClusterUpgraded;

/** What can happen to a group. */
export type GroupEvent = GroupCreated | GroupDeleted | GroupJoined | GroupLeft | GroupModified | GroupMoved | SubgroupAdded | SubgroupRemoved;

/** What can happen to a kubernetes deployment. */
export type KubernetesDeploymentEvent = DeploymentAborted | DeploymentFailed | DeploymentLayerFinished | DeploymentObserved | DeploymentStarted | DeploymentSucceeded | NodeFailed | NodeProvisioned | NodeRecovered | NodeReleased | NodesDiscovered | TaskFailed | TaskStarted | TaskSucceeded;

/** What can happen to a kubernetes provider. */
export type KubernetesProviderEvent = ProviderAnnounced;

/** What can happen to a local deployment. */
export type LocalDeploymentEvent = DeploymentAborted | DeploymentFailed | DeploymentLayerFinished | DeploymentObserved | DeploymentStarted | DeploymentSucceeded | NodeFailed | NodeProvisioned | NodeRecovered | NodeReleased | NodesDiscovered | TaskFailed | TaskStarted | TaskSucceeded;

/** What can happen to a local provider. */
export type LocalProviderEvent = ProviderAnnounced;

/** What can happen to a lookup key. */
export type LookupKeyEvent = LookupKeyCreated;

/** What can happen to a package. */
export type PackageEvent = PackageListed | PackageUnlisted;

/** What can happen to a password. */
export type PasswordEvent = PasswordRemoved | PasswordResetExpired | PasswordResetRequested | PasswordSet;

/** What can happen to a repo. */
export type RepoEvent = RepoCreated | RepoDeleted | RepoIndexed | RepoIndexingFailed | RepoIndexingRequested | RepoIndexingSucceeded | RepoListingRecorded | RepoModified | RepoSyncQueued | RepoSyncTokenRevoked | RepoSyncTokenSet;

/** What can happen to a repo adoption. */
export type RepoAdoptionEvent = PackageAdopted | RepoAdoptionExpected | RepoIndexAdopted;

/** What can happen to a role. */
export type RoleEvent = RoleCreated | RoleDeleted | RoleModified | RoleModuleModified;

/** What can happen to a runtime. */
export type RuntimeEvent = RuntimeCreated | RuntimeDeleted | RuntimeModified | RuntimeRefused | RuntimeReleased | RuntimeReserved;

/** What can happen to a runtime credential. */
export type RuntimeCredentialEvent = RuntimeCredentialCreated | RuntimeCredentialDeleted | RuntimeCredentialFreed | RuntimeCredentialModified | RuntimeCredentialUsed;

/** What can happen to a session. */
export type SessionEvent = SessionEnded | SessionRefreshed | SessionStarted;

/** What can happen to a signing key. */
export type SigningKeyEvent = SigningKeyAnnounced | SigningKeyRetired;

/** What can happen to an user. */
export type UserEvent = UserCreated | UserDeleted | UserGroupPathChanged | UserModified | UserPasswordChanged | UserPasswordResetExpired | UserPasswordResetRequested | UserRoleBound | UserRoleUnbound;

/** What can happen to a webhook. */
export type WebhookEvent = WebhookCreated | WebhookDeleted | WebhookModified | WebhookReplayRequested | WebhookSecretRotated;

/** The events by the aggregate that announces them. */
export type EventByAggregate = {
  app: AppEvent;
  attachment: AttachmentEvent;
  category: CategoryEvent;
  client: ClientEvent;
  clientSecret: ClientSecretEvent;
  cluster: ClusterEvent;
  group: GroupEvent;
  kubernetesDeployment: KubernetesDeploymentEvent;
  kubernetesProvider: KubernetesProviderEvent;
  localDeployment: LocalDeploymentEvent;
  localProvider: LocalProviderEvent;
  lookupKey: LookupKeyEvent;
  package: PackageEvent;
  password: PasswordEvent;
  repo: RepoEvent;
  repoAdoption: RepoAdoptionEvent;
  role: RoleEvent;
  runtime: RuntimeEvent;
  runtimeCredential: RuntimeCredentialEvent;
  session: SessionEvent;
  signingKey: SigningKeyEvent;
  user: UserEvent;
  webhook: WebhookEvent;
};

export type Aggregate = keyof EventByAggregate;

export type EventByType = {
  AppCreated: AppCreated;
  AppDeleted: AppDeleted;
  AppLatestVersionChanged: AppLatestVersionChanged;
  AppModified: AppModified;
  AppStatusChanged: AppStatusChanged;
  AppVersionCreated: AppVersionCreated;
  AppVersionDeleted: AppVersionDeleted;
  AppVersionModified: AppVersionModified;
  AppVersionPackageReplaced: AppVersionPackageReplaced;
  AppVersionRecovered: AppVersionRecovered;
  AppVersionReleased: AppVersionReleased;
  AppVersionReopened: AppVersionReopened;
  AppVersionReviewPassed: AppVersionReviewPassed;
  AppVersionReviewRejected: AppVersionReviewRejected;
  AppVersionReviewStarted: AppVersionReviewStarted;
  AppVersionStatusInherited: AppVersionStatusInherited;
  AppVersionSubmissionCancelled: AppVersionSubmissionCancelled;
  AppVersionSubmitted: AppVersionSubmitted;
  AppVersionSuspended: AppVersionSuspended;
  AttachmentUploaded: AttachmentUploaded;
  CategoryCreated: CategoryCreated;
  CategoryDeleted: CategoryDeleted;
  CategoryModified: CategoryModified;
  ClientCreated: ClientCreated;
  ClientLimited: ClientLimited;
  ClientRevoked: ClientRevoked;
  ClientSecretSet: ClientSecretSet;
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
  ClusterNodeFailed: ClusterNodeFailed;
  ClusterNodeRecovered: ClusterNodeRecovered;
  ClusterNodeRenamed: ClusterNodeRenamed;
  ClusterNodesAdded: ClusterNodesAdded;
  ClusterNodesDeleted: ClusterNodesDeleted;
  ClusterNodesDiscovered: ClusterNodesDiscovered;
  ClusterNodesRemovalRequested: ClusterNodesRemovalRequested;
  ClusterNodesRequested: ClusterNodesRequested;
  ClusterObserved: ClusterObserved;
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
  DeploymentAborted: DeploymentAborted;
  DeploymentFailed: DeploymentFailed;
  DeploymentLayerFinished: DeploymentLayerFinished;
  DeploymentObserved: DeploymentObserved;
  DeploymentStarted: DeploymentStarted;
  DeploymentSucceeded: DeploymentSucceeded;
  GroupCreated: GroupCreated;
  GroupDeleted: GroupDeleted;
  GroupJoined: GroupJoined;
  GroupLeft: GroupLeft;
  GroupModified: GroupModified;
  GroupMoved: GroupMoved;
  LookupKeyCreated: LookupKeyCreated;
  NodeFailed: NodeFailed;
  NodeProvisioned: NodeProvisioned;
  NodeRecovered: NodeRecovered;
  NodeReleased: NodeReleased;
  NodesDiscovered: NodesDiscovered;
  PackageAdopted: PackageAdopted;
  PackageListed: PackageListed;
  PackageUnlisted: PackageUnlisted;
  PasswordRemoved: PasswordRemoved;
  PasswordResetExpired: PasswordResetExpired;
  PasswordResetRequested: PasswordResetRequested;
  PasswordSet: PasswordSet;
  ProviderAnnounced: ProviderAnnounced;
  RepoAdoptionExpected: RepoAdoptionExpected;
  RepoCreated: RepoCreated;
  RepoDeleted: RepoDeleted;
  RepoIndexAdopted: RepoIndexAdopted;
  RepoIndexed: RepoIndexed;
  RepoIndexingFailed: RepoIndexingFailed;
  RepoIndexingRequested: RepoIndexingRequested;
  RepoIndexingSucceeded: RepoIndexingSucceeded;
  RepoListingRecorded: RepoListingRecorded;
  RepoModified: RepoModified;
  RepoSyncQueued: RepoSyncQueued;
  RepoSyncTokenRevoked: RepoSyncTokenRevoked;
  RepoSyncTokenSet: RepoSyncTokenSet;
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
  SessionEnded: SessionEnded;
  SessionRefreshed: SessionRefreshed;
  SessionStarted: SessionStarted;
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
  WebhookCreated: WebhookCreated;
  WebhookDeleted: WebhookDeleted;
  WebhookModified: WebhookModified;
  WebhookReplayRequested: WebhookReplayRequested;
  WebhookSecretRotated: WebhookSecretRotated;
};

export type EventType = keyof EventByType;

export type AnyEvent = AppCreated | AppDeleted | AppLatestVersionChanged | AppModified | AppStatusChanged | AppVersionCreated | AppVersionDeleted | AppVersionModified | AppVersionPackageReplaced | AppVersionRecovered | AppVersionReleased | AppVersionReopened | AppVersionReviewPassed | AppVersionReviewRejected | AppVersionReviewStarted | AppVersionStatusInherited | AppVersionSubmissionCancelled | AppVersionSubmitted | AppVersionSuspended | AttachmentUploaded | CategoryCreated | CategoryDeleted | CategoryModified | ClientCreated | ClientLimited | ClientRevoked | ClientSecretSet | ClusterActionFailed | ClusterActionStarted | ClusterActivated | ClusterAttributesModified | ClusterCeaseRequested | ClusterCeased | ClusterDeleted | ClusterDeletionRequested | ClusterDeploymentRequested | ClusterEnvUpdateRequested | ClusterEnvUpdated | ClusterNodeFailed | ClusterNodeRecovered | ClusterNodeRenamed | ClusterNodesAdded | ClusterNodesDeleted | ClusterNodesDiscovered | ClusterNodesRemovalRequested | ClusterNodesRequested | ClusterObserved | ClusterRecoveryRequested | ClusterRequested | ClusterResizeRequested | ClusterResized | ClusterRollbackRequested | ClusterRolledBack | ClusterStartRequested | ClusterStopRequested | ClusterStopped | ClusterUpgradeRequested | ClusterUpgraded | DeploymentAborted | DeploymentFailed | DeploymentLayerFinished | DeploymentObserved | DeploymentStarted | DeploymentSucceeded | GroupCreated | GroupDeleted | GroupJoined | GroupLeft | GroupModified | GroupMoved | LookupKeyCreated | NodeFailed | NodeProvisioned | NodeRecovered | NodeReleased | NodesDiscovered | PackageAdopted | PackageListed | PackageUnlisted | PasswordRemoved | PasswordResetExpired | PasswordResetRequested | PasswordSet | ProviderAnnounced | RepoAdoptionExpected | RepoCreated | RepoDeleted | RepoIndexAdopted | RepoIndexed | RepoIndexingFailed | RepoIndexingRequested | RepoIndexingSucceeded | RepoListingRecorded | RepoModified | RepoSyncQueued | RepoSyncTokenRevoked | RepoSyncTokenSet | RoleCreated | RoleDeleted | RoleModified | RoleModuleModified | RuntimeCreated | RuntimeCredentialCreated | RuntimeCredentialDeleted | RuntimeCredentialFreed | RuntimeCredentialModified | RuntimeCredentialUsed | RuntimeDeleted | RuntimeModified | RuntimeRefused | RuntimeReleased | RuntimeReserved | SessionEnded | SessionRefreshed | SessionStarted | SigningKeyAnnounced | SigningKeyRetired | SubgroupAdded | SubgroupRemoved | TaskFailed | TaskStarted | TaskSucceeded | UserCreated | UserDeleted | UserGroupPathChanged | UserModified | UserPasswordChanged | UserPasswordResetExpired | UserPasswordResetRequested | UserRoleBound | UserRoleUnbound | WebhookCreated | WebhookDeleted | WebhookModified | WebhookReplayRequested | WebhookSecretRotated;

/** The aggregates that announce each event type. */
export const eventTypes = {
  AppCreated: ["app"],
  AppDeleted: ["app"],
  AppLatestVersionChanged: ["app"],
  AppModified: ["app"],
  AppStatusChanged: ["app"],
  AppVersionCreated: ["app"],
  AppVersionDeleted: ["app"],
  AppVersionModified: ["app"],
  AppVersionPackageReplaced: ["app"],
  AppVersionRecovered: ["app"],
  AppVersionReleased: ["app"],
  AppVersionReopened: ["app"],
  AppVersionReviewPassed: ["app"],
  AppVersionReviewRejected: ["app"],
  AppVersionReviewStarted: ["app"],
  AppVersionStatusInherited: ["app"],
  AppVersionSubmissionCancelled: ["app"],
  AppVersionSubmitted: ["app"],
  AppVersionSuspended: ["app"],
  AttachmentUploaded: ["attachment"],
  CategoryCreated: ["category"],
  CategoryDeleted: ["category"],
  CategoryModified: ["category"],
  ClientCreated: ["client"],
  ClientLimited: ["client"],
  ClientRevoked: ["client"],
  ClientSecretSet: ["clientSecret"],
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
  ClusterNodeFailed: ["cluster"],
  ClusterNodeRecovered: ["cluster"],
  ClusterNodeRenamed: ["cluster"],
  ClusterNodesAdded: ["cluster"],
  ClusterNodesDeleted: ["cluster"],
  ClusterNodesDiscovered: ["cluster"],
  ClusterNodesRemovalRequested: ["cluster"],
  ClusterNodesRequested: ["cluster"],
  ClusterObserved: ["cluster"],
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
  DeploymentAborted: ["kubernetesDeployment", "localDeployment"],
  DeploymentFailed: ["kubernetesDeployment", "localDeployment"],
  DeploymentLayerFinished: ["kubernetesDeployment", "localDeployment"],
  DeploymentObserved: ["kubernetesDeployment", "localDeployment"],
  DeploymentStarted: ["kubernetesDeployment", "localDeployment"],
  DeploymentSucceeded: ["kubernetesDeployment", "localDeployment"],
  GroupCreated: ["group"],
  GroupDeleted: ["group"],
  GroupJoined: ["group"],
  GroupLeft: ["group"],
  GroupModified: ["group"],
  GroupMoved: ["group"],
  LookupKeyCreated: ["lookupKey"],
  NodeFailed: ["kubernetesDeployment", "localDeployment"],
  NodeProvisioned: ["kubernetesDeployment", "localDeployment"],
  NodeRecovered: ["kubernetesDeployment", "localDeployment"],
  NodeReleased: ["kubernetesDeployment", "localDeployment"],
  NodesDiscovered: ["kubernetesDeployment", "localDeployment"],
  PackageAdopted: ["repoAdoption"],
  PackageListed: ["package"],
  PackageUnlisted: ["package"],
  PasswordRemoved: ["password"],
  PasswordResetExpired: ["password"],
  PasswordResetRequested: ["password"],
  PasswordSet: ["password"],
  ProviderAnnounced: ["kubernetesProvider", "localProvider"],
  RepoAdoptionExpected: ["repoAdoption"],
  RepoCreated: ["repo"],
  RepoDeleted: ["repo"],
  RepoIndexAdopted: ["repoAdoption"],
  RepoIndexed: ["repo"],
  RepoIndexingFailed: ["repo"],
  RepoIndexingRequested: ["repo"],
  RepoIndexingSucceeded: ["repo"],
  RepoListingRecorded: ["repo"],
  RepoModified: ["repo"],
  RepoSyncQueued: ["repo"],
  RepoSyncTokenRevoked: ["repo"],
  RepoSyncTokenSet: ["repo"],
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
  SessionEnded: ["session"],
  SessionRefreshed: ["session"],
  SessionStarted: ["session"],
  SigningKeyAnnounced: ["signingKey"],
  SigningKeyRetired: ["signingKey"],
  SubgroupAdded: ["group"],
  SubgroupRemoved: ["group"],
  TaskFailed: ["kubernetesDeployment", "localDeployment"],
  TaskStarted: ["kubernetesDeployment", "localDeployment"],
  TaskSucceeded: ["kubernetesDeployment", "localDeployment"],
  UserCreated: ["user"],
  UserDeleted: ["user"],
  UserGroupPathChanged: ["user"],
  UserModified: ["user"],
  UserPasswordChanged: ["user"],
  UserPasswordResetExpired: ["user"],
  UserPasswordResetRequested: ["user"],
  UserRoleBound: ["user"],
  UserRoleUnbound: ["user"],
  WebhookCreated: ["webhook"],
  WebhookDeleted: ["webhook"],
  WebhookModified: ["webhook"],
  WebhookReplayRequested: ["webhook"],
  WebhookSecretRotated: ["webhook"],
} as const;
