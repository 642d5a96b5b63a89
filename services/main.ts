import { join } from "node:path";
import { collections } from "../events/subscription/collections.ts";
import { main, type ServiceModules } from "./chassis/main.ts";

/** The composition root: every service of the platform, and what it is given from outside. */
const modules: ServiceModules = {
  api: async () => {
    const { apiModule } = await import("./api/service.ts");
    return apiModule();
  },

  account: async () => {
    const { accountModule } = await import("./account/module.ts");
    // What is made for a first start is shown once, and to nobody who reads logs.
    return accountModule((line) => process.stderr.write(`${line}\n`));
  },

  repo: async () => {
    const { repoService } = await import("./repo/service.ts");
    const { readFileOver } = await import("./repo/remote/read-file.ts");
    const { readOffersApart } = await import("./repo/remote/read-offers.ts");
    return {
      service: ({ blobs, clock, edge: { open, forget }, config: { repoNetworks, repoIndexSeconds } }) =>
        repoService({
          ...{ blobs, clock, open, forget },
          readFile: readFileOver({ privateNetworks: repoNetworks }),
          readOffers: readOffersApart(),
          ...(repoIndexSeconds > 0 && { indexEvery: repoIndexSeconds * 1_000 }),
        }),
    };
  },

  app: async () => {
    const { appService } = await import("./app/service.ts");
    return {
      service: ({ clock, fetchBlob }) => appService({ clock, fetchPackage: (digest: string) => fetchBlob("repo", digest) }),
    };
  },

  runtime: async () => {
    const { runtimeService } = await import("./runtime/service.ts");
    return { service: () => runtimeService };
  },

  cluster: async () => {
    const { clusterService } = await import("./cluster/service.ts");
    return { service: () => clusterService };
  },

  "provider-local": async () => {
    const { providerLocalService } = await import("./providers/local/service.ts");
    const { localMachine } = await import("./providers/local/machine.ts");
    const { credentials } = await import("./providers/local/read-models.ts");
    const collection = collections([credentials]).of(credentials.name);
    let machine: ReturnType<typeof localMachine> | undefined;
    return {
      service: ({ config, clock, documents, edge, fetchBlob, logger }) => {
        machine = localMachine({
          directory: config.localDirectory || join(config.state, "local"),
          report: (error) => logger.warn({ error }, "a node's process could not be kept"),
        });
        return providerLocalService({
          machine,
          fetchPackage: fetchBlob,
          credential: async (id) => {
            const [found] = await documents.get(collection, [id]);
            const sealed: unknown = found?.value.sealed_content;
            return typeof sealed === "string" && sealed !== "" ? edge.open(sealed) : undefined;
          },
          token: config.localToken || undefined,
          sleep: clock.sleep,
        });
      },
      // Processes outlive their provider: before it is ready it has taken over what still runs, and started what should.
      started: async ({ logger }) =>
        void (await machine?.adopt().catch((error: unknown) => logger.error({ error }, "a node could not be taken over"))),
      stopped: async () => machine?.close(),
    };
  },
};

main(modules, process.argv.slice(2));
