import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Contract, commandsOf } from "../../events/index.ts";
import { type Codec, codec, decode, evolve, idsOf } from "../../events/runtime.ts";
import { contract } from "../chassis/contract.ts";
import { loadServices } from "../chassis/list.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import type { AnyService } from "../chassis/service.ts";
import { services } from "../index.ts";

/** The tables of a build, and the functions of its own backbone that interpret them. */
export type Build = {
  readonly services: readonly AnyService[];
  readonly contract: Contract;
  readonly codec: Codec;
  readonly decode: typeof decode;
  readonly evolve: typeof evolve;
  readonly idsOf: typeof idsOf;
  readonly commandsOf: typeof commandsOf;
};

export const thisBuild = async (): Promise<Build> => ({
  ...{ services: await loadServices(services), contract, codec: codec(contract.schemas), decode, evolve, idsOf, commandsOf },
});

/** The build in another directory: its root, or its `dist`. Only the modules of its tables and of its backbone are loaded, which do nothing by themselves. */
export const buildIn = async (directory: string): Promise<Build> => {
  const root = [directory, join(directory, "dist")].find((each) => existsSync(join(each, "services/index.js")));
  if (root === undefined)
    throw new CommandFailed(
      `${directory} is not a build: there is no services/index.js in it or in its dist; run \`make build\` there`,
      exitCodes.usage,
    );
  // The modules of another build of this program have the types of this one, as far as they are used here.
  const load = async (file: string) => import(pathToFileURL(resolve(root, file)).href);
  try {
    const [list, named, made, events, runtime] = await Promise.all(
      ["services/chassis/list.js", "services/index.js", "services/chassis/contract.js", "events/index.js", "events/runtime.js"].map(load),
    );
    return {
      services: await list.loadServices(named.services),
      contract: made.contract,
      codec: runtime.codec(made.contract.schemas),
      ...{ decode: runtime.decode, evolve: runtime.evolve, idsOf: runtime.idsOf, commandsOf: events.commandsOf },
    };
  } catch (error) {
    throw new CommandFailed(
      `the build in ${root} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      exitCodes.usage,
    );
  }
};
