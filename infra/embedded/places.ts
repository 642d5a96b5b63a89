import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The installed versions: Kafka's as in `kafka/pom.xml`, MongoDB's as in the package of `store/requirements.txt`. */
export const versions = { kafka: "4.4.0", mongodb: "6.0.5" } as const;

const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "infra", "embedded", "kafka", "pom.xml"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("infra/embedded/kafka/pom.xml is not in any folder above this program");
    folder = parent;
  }
  return folder;
};

/** A file of this folder in the source tree; it is not compiled. */
export const sourceFile = (name: string): string => join(packageRoot(), "infra", "embedded", name);

/** The directory of downloads and builds: shared by all clones of a user, safe to delete. */
export const cacheDirectory = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pitrix");

export const kafkaDirectory = (): string => join(cacheDirectory(), `kafka-${versions.kafka}`);
export const mongodbDirectory = (): string => join(cacheDirectory(), `mongodb-${versions.mongodb}`);
