import type { Seed } from "../../events/index.ts";
import type { RepoCommand } from "./domain/repo.ts";
import type { RepoOutside } from "./ports.ts";

/** The platform's own repositories, which hold uploaded packages. They exist from the first start. */
export const seeds: readonly Seed<RepoOutside, RepoCommand>[] = [
  { issues: "EstablishRepo", cause: "seed/repo-vmbased", given: () => ({ repoId: "repo-vmbased" }) },
  { issues: "EstablishRepo", cause: "seed/repo-helm", given: () => ({ repoId: "repo-helm" }) },
];
