import type { Repository } from "../../../infra/demo/repository.ts";
import { serveRepository } from "../../../infra/demo/serve.ts";
import { app } from "../../../services/app/service.ts";
import type { RepoCommand } from "../../../services/repo/domain/repo.ts";
import type { RepoEventDocument } from "../../../services/repo/read-models.ts";
import { readFileOver } from "../../../services/repo/remote/read-file.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { served, type World } from "../../world/world.ts";
import { createRepo, developer, outsideWith } from "../repo/fixtures.ts";

export type Platform = Pick<World, "complaints" | "of"> & {
  readonly url: string;
  readonly publish: (repository: Repository) => void;
  readonly send: (command: RepoCommand) => Promise<unknown>;
  readonly find: <D>(service: "repo" | "app", model: string) => Promise<readonly D[]>;
  /** Registers the served repository and waits until the run has ended. */
  readonly register: (more?: Parameters<typeof createRepo>[0]) => Promise<RepoEventDocument>;
  readonly ended: (repoEventId: string) => Promise<RepoEventDocument>;
};

/** Repo and app together, with a repository to index. */
export const withPlatform = async (body: (platform: Platform) => Promise<void>, repository?: Repository, seconds = 0): Promise<void> => {
  const { url, publish, close } = await serveRepository(repository ? { repository } : {});
  const reading = { service: repo, outside: outsideWith({ readFile: readFileOver({ timeout: 2_000, attempts: 1 }) }) };
  const environment = { PITRIX_REPO_INDEX_SECONDS: String(seconds) };
  const { of, complaints, documents, stop, ...world } = await served([reading, app], { environment });
  const send = (command: RepoCommand) => world.send("repo", command, developer);
  const find = async <D>(service: string, model: string) => (await documents(service, model)).map(({ value }) => value as D); // Its own fold made it.
  const ended = (id: string) =>
    eventually(`the end of ${id}`, async () =>
      (await find<RepoEventDocument>("repo", "repoEvents")).find(
        ({ repo_event_id, status }) => repo_event_id === id && status !== "pending",
      ),
    );
  const register = async (changes: Parameters<typeof createRepo>[0] = {}) => {
    await send(createRepo({ url: `${url}/devkit`, appDefaultStatus: "active", ...changes }));
    return ended(changes.repoEventId ?? "repoe-1");
  };
  try {
    await body({ of, complaints, url, publish, send, find, register, ended });
  } finally {
    await stop();
    await close();
  }
};
