import type { ServiceList } from "./chassis/service.ts";

/** Every service of the platform, loaded where it is wanted. The order gives the ports. */
export const services: ServiceList = {
  api: async () => (await import("./api/service.ts")).api,
  account: async () => (await import("./account/service.ts")).account,
  repo: async () => (await import("./repo/service.ts")).repo,
  app: async () => (await import("./app/service.ts")).app,
  runtime: async () => (await import("./runtime/service.ts")).runtime,
  cluster: async () => (await import("./cluster/service.ts")).cluster,
  "provider-local": async () => (await import("./providers/local/service.ts")).providerLocal,
  "provider-kubernetes": async () => (await import("./providers/kubernetes/service.ts")).providerKubernetes,
  webhook: async () => (await import("./webhook/service.ts")).webhook,
};
