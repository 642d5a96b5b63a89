import { request as send } from "node:https";
import { join } from "node:path";
import { startKubernetes } from "../../infra/embedded/kubernetes/server.ts";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { fakeApi } from "./kubernetes-api.ts";
import { type Answer, front, type KubernetesApi, refuse } from "./kubernetes-front.ts";
import { collectionOf } from "./kubernetes-resources.ts";
import { endingWithProcess } from "./servers.ts";

/** Whether this is `make kubernetes-test`: the tests run on a real API, and all of them. */
export const isReal = process.env.PITRIX_KUBERNETES_TEST !== undefined;

/** The API of the tests of a file: a fake one, or in `make kubernetes-test` a real one. Each test takes namespaces of its own. */
export const kubernetesApi = (): Promise<KubernetesApi> => (isReal ? realApi() : fakeApi());

/** An etcd, a kube-apiserver and a kube-controller-manager behind a front that tests can meddle with. */
const realApi = async (): Promise<KubernetesApi> => {
  const { url, ca, tokens, ask, stop } = endingWithProcess(await startKubernetes({ directory: join(temporaryDirectory(), "kubernetes") }));
  const passOn: Answer = (request, body, response) =>
    new Promise((resolve) => {
      const outgoing = send(`${url}${request.url}`, { method: request.method, headers: request.headers, ca }, (incoming) => {
        response.writeHead(incoming.statusCode ?? 502, incoming.headers);
        incoming.pipe(response);
        incoming.once("close", resolve);
      });
      response.once("close", () => outgoing.destroy());
      outgoing.once("error", () => {
        if (!response.headersSent) refuse(response, 503, "ServiceUnavailable", "the API server cannot be reached");
        else response.destroy();
        resolve();
      });
      outgoing.end(body);
    });
  const before = await front(tokens.administrator, passOn);
  return {
    ...before,
    tokens,
    all: async (kind, namespace) => {
      const { status, body } = await ask("GET", collectionOf(kind, namespace));
      // Nobody has told it of this kind yet.
      if (status === 404) return [];
      if (status !== 200) throw new Error(`${kind} cannot be listed: ${JSON.stringify(body)}`);
      return body.items;
    },
    stop: async () => {
      await before.stop();
      await stop();
    },
  };
};
