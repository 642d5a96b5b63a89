import type { PackageCommand } from "../../../services/repo/domain/package.ts";
import type { RepoCommand, RepoSettings } from "../../../services/repo/domain/repo.ts";
import type { Row } from "./row.ts";

const settings: RepoSettings = {
  ...{ name: "a repository", description: "", repoType: "https", url: "https://repository.example/", sealedCredential: null },
  ...{ visibility: "public", providers: ["local"], labels: "", selectors: "", categoryIds: [], appDefaultStatus: "active" },
  syncSeconds: -1,
};
const unchanged = {
  ...{ name: undefined, description: undefined, repoType: undefined, url: undefined, sealedCredential: undefined, visibility: undefined },
  ...{ providers: undefined, labels: undefined, selectors: undefined, categoryIds: undefined, appDefaultStatus: undefined },
  syncSeconds: undefined,
};

/** Repositories whose index is empty or cannot be had, and packages as an indexing run lists them. */
export const repoRows: readonly Row<RepoCommand | PackageCommand>[] = [
  [
    3,
    ({ below }, number, owner) => ({
      ...settings,
      ...owner,
      ...({ type: "CreateRepo", repoId: `repo-${below(3)}`, repoEventId: `repoe-${number}` } as const),
      url: `https://repository.example/${below(3)}/`,
    }),
  ],
  [2, ({ below }, number) => ({ type: "IndexRepo", repoId: `repo-${below(3)}`, repoEventId: `repoe-${number}` })],
  [
    2,
    ({ below, happens }, number) => ({
      ...unchanged,
      ...({ type: "ModifyRepo", repoId: `repo-${below(3)}`, repoEventId: `repoe-${number}` } as const),
      description: `number ${number}`,
      url: happens(0.4) ? `https://repository.example/${below(3)}/` : undefined,
    }),
  ],
  [1, ({ below }, number) => ({ type: "DeleteRepo", repoId: `repo-${below(3)}`, repoEventId: `repoe-${number}` })],
  [
    4,
    ({ below }, number, owner) => {
      const [app, version] = [below(2), below(3)];
      return {
        ...({ type: "ListPackage", packageId: `p${app}${version}`, repoId: "repo-hand", repoEventId: `repoe-hand-${below(3)}` } as const),
        ...{ run: number, appId: `app-${app}`, versionId: `appv-p${app}${version}`, appDefaultStatus: "draft", packageType: "vmbased" },
        ...{
          name: `application ${app}`,
          version: `1.${version}.0`,
          appVersion: "",
          versionName: `1.${version}.0`,
          description: `by ${number}`,
        },
        ...{ home: "", icon: "", keywords: [], sources: [], screenshots: [], maintainers: [], readme: "", packageName: "package.tgz" },
        ...{
          digest: `sha256:${number}`,
          created: "",
          fingerprint: `f${number}`,
          configJson: "{}",
          template: "{}",
          values: "",
          valuesSchema: "",
          visibility: "public",
          isv: "",
        },
        ...owner,
      };
    },
  ],
  [
    1,
    ({ below }, number) => {
      const [app, version] = [below(2), below(3)];
      return {
        ...({ type: "UnlistPackage", packageId: `p${app}${version}`, repoId: "repo-hand", repoEventId: `repoe-hand-${below(3)}` } as const),
        ...{ run: number, appId: `app-${app}`, versionId: `appv-p${app}${version}` },
      };
    },
  ],
];
