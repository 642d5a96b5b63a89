import type { Mongo } from "../../events/mongo/index.ts";
import type { KafkaConnection } from "../../infra/embedded/kafka/connection.ts";
import type { AttackersServer } from "./attackers-server.ts";

type Client = { readonly id: string; readonly secret: string };
export type ServicePort = { readonly name: string; readonly url: string; readonly operationsUrl: string };

/** Where a platform answers, and who may do everything there: the attacks need people and things to be tried on. */
export type Target = {
  readonly url: string;
  readonly loginClient: Client;
  /** The client of operators. */
  readonly operators: Client;
  readonly administrator: { readonly email: string; readonly password: string };
  /** Absent on a platform that was running before. */
  readonly inside?: Inside;
};

/** What can be seen and reached of a platform of one's own. */
export type Inside = {
  readonly services: readonly ServicePort[];
  readonly localToken: string;
  /** A server of the attacker, at which repositories and webhooks are allowed. */
  readonly server: AttackersServer;
  /** All bytes of all topics. */
  readonly records: () => Promise<string>;
  /** All that is in the databases of all services, as text. */
  readonly stores: () => Promise<string>;
  /** What the processes have logged and printed. */
  readonly logs: () => Promise<string>;
  /** The directory of the local provider's nodes. */
  readonly nodes: string;
  /** Present where services are processes of their own, with real servers. */
  readonly processes?: Processes;
};
export type Processes = {
  readonly pids: readonly number[];
  /** The directory of state, secrets and logs. */
  readonly directory: string;
  readonly kafka: { readonly as: (user: string) => KafkaConnection; readonly administrator: KafkaConnection; readonly controller: string };
  /** A service's database, and the address at which it is, with the service's login. */
  readonly store: (service: string) => Mongo;
  readonly storeUrl: (service: string) => string;
  readonly sealingKeys: string;
};
