import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The versions that are installed; the one of Kafka is the one in `kafka/pom.xml`. */
export const versions = { kafka: "4.4.0", storeWheel: "0.7.0b3", storeNative: "0.5.3-beta.196" } as const;

const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "infra", "embedded", "kafka", "pom.xml"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("infra/embedded/kafka/pom.xml is not in any folder above this program");
    folder = parent;
  }
  return folder;
};

/** A file of this folder that is not compiled, and so stays in the sources. */
export const sourceFile = (name: string): string => join(packageRoot(), "infra", "embedded", name);

/** Where downloads and builds go: shared by all clones of a user, safe to delete. */
export const cacheDirectory = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pitrix");

export const kafkaDirectory = (): string => join(cacheDirectory(), `kafka-${versions.kafka}`);
export const storeWheelDirectory = (): string => join(cacheDirectory(), `secantusdb-${versions.storeWheel}`);
export const storeNativeDirectory = (): string => join(cacheDirectory(), `secantus-mdb-${versions.storeNative}`);
export const storeNativeProgram = (): string => join(storeNativeDirectory(), "bin", "secantusd-rs");
