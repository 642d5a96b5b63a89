import type { ProviderDocument } from "../../chassis/providers.ts";
import type { ClusterDocument } from "./clusters.ts";
import type { PackageDocument, RuntimeDocument, VersionDocument } from "./foreign.ts";
import type { JobDocument } from "./jobs.ts";
import type { ClusterNodeDocument } from "./nodes.ts";
import type { RevisionDocument } from "./revisions.ts";
import type { TaskDocument } from "./tasks.ts";

export type ClusterReadModels = {
  readonly clusters: ClusterDocument;
  readonly clusterNodes: ClusterNodeDocument;
  readonly clusterRevisions: RevisionDocument;
  readonly jobs: JobDocument;
  readonly tasks: TaskDocument;
  readonly appVersions: VersionDocument;
  readonly packages: PackageDocument;
  readonly runtimes: RuntimeDocument;
  readonly providers: ProviderDocument;
};
