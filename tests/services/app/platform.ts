import type { Repository } from "../../../infra/demo/repository.ts";
import { serveRepository } from "../../../infra/demo/serve.ts";
import { app as appService } from "../../../services/app/service.ts";
import type { RepoEventDocument } from "../../../services/repo/read-models.ts";
import { readFileOver } from "../../../services/repo/remote/read-file.ts";
import { repo as repoService } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { createRepo, outsideWith } from "../repo/fixtures.ts";
import { type Running, world } from "../repo/world.ts";

export type Platform = {
  readonly repo: Running;
  readonly app: Running;
  readonly url: string;
  readonly publish: (repository: Repository) => void;
  readonly problems: readonly string[];
  /** Registers the served repository and waits until the run has ended. */
  readonly register: (more?: Parameters<typeof createRepo>[0]) => Promise<RepoEventDocument>;
  readonly ended: (repoEventId: string) => Promise<RepoEventDocument>;
};

/** Repo and app together over one log, with a repository to index. */
export const withPlatform = async (
  body: (platform: Platform) => Promise<void>,
  repository?: Repository,
  settings: { readonly indexSeconds: number } = { indexSeconds: 0 },
): Promise<void> => {
  const { run, problems, stop } = world();
  const served = await serveRepository(repository ? { repository } : {});
  try {
    const readFile = readFileOver({ timeout: 2_000, attempts: 1 });
    const repo = await run(repoService, outsideWith({ readFile }), { settings });
    const app = await run(appService, () => ({ fetchPackage: (digest) => repo.blobs.get(digest) }));
    const ended = (id: string) =>
      eventually(`the end of ${id}`, async () =>
        (await repo.find<RepoEventDocument>("repoEvents")).find(
          ({ repo_event_id, status }) => repo_event_id === id && status !== "pending",
        ),
      );
    const register = async (changes: Parameters<typeof createRepo>[0] = {}) => {
      await repo.send(createRepo({ url: `${served.url}/devkit`, appDefaultStatus: "active", ...changes }));
      return ended(changes.repoEventId ?? "repoe-1");
    };
    await body({ repo, app, url: served.url, publish: served.publish, problems, register, ended });
  } finally {
    await stop();
    await served.close();
  }
};
