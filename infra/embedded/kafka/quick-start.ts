import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../installing.ts";
import { withLock } from "../lock.ts";
import { freePorts } from "../ports.ts";
import { readyLimit } from "../waiting.ts";
import { plainLogin } from "./administrator.ts";
import { formatWithTool, newKafkaId } from "./format.ts";
import type { KafkaInstallation } from "./installation.ts";
import { startNode } from "./node.ts";
import { nodeReady } from "./ready.ts";
import { type KafkaNode, serverProperties } from "./settings.ts";

const limit = 120_000;

/** Of a broker that nobody uses. */
const security = { administrator: { name: "admin", password: newKafkaId() }, users: [] };

const keepFormatted = async (installation: KafkaInstallation, node: KafkaNode, directory: string): Promise<void> => {
  if (existsSync(installation.formatted)) return;
  const data = join(directory, "formatted");
  const properties = join(directory, "format.properties");
  const partial = `${installation.formatted}.partial-${process.pid}`;
  writeFileSync(properties, serverProperties(node, [node], data, security), { mode: 0o600 });
  await formatWithTool(installation, newKafkaId(), properties);
  cpSync(data, partial, { recursive: true });
  renameSync(partial, installation.formatted);
};

const keepClasses = async (installation: KafkaInstallation, node: KafkaNode, directory: string): Promise<void> => {
  const partial = `${installation.archive}.partial-${process.pid}`;
  const java = [`-XX:ArchiveClassesAtExit=${partial}`];
  const running = await startNode({ installation, directory, clusterId: newKafkaId(), cluster: [node], node, security, java });
  try {
    await nodeReady(node, running, [1], readyLimit, plainLogin(security.administrator));
  } finally {
    await running.stop(limit);
  }
  renameSync(partial, installation.archive);
};

/**
 * Stores a formatted storage and an archive of the classes that a broker loads.
 * Without them Kafka starts slower, but works.
 */
export const prepareQuickStarts = (installation: KafkaInstallation, report: Report): Promise<void> =>
  withLock(`${installation.archive}.lock`, limit, async () => {
    if (existsSync(installation.archive) && existsSync(installation.formatted)) return;
    report("Preparing Kafka for quick starts (once)");
    const directory = mkdtempSync(join(tmpdir(), "pitrix-prepare-"));
    const [port = 0, controllerPort = 0] = await freePorts(2);
    const node = { id: 1, port, controllerPort };
    try {
      await keepFormatted(installation, node, directory);
      if (!existsSync(installation.archive)) await keepClasses(installation, node, directory);
    } catch (failure) {
      report(`Kafka starts slower, because preparing the quick start failed: ${failure instanceof Error ? failure.message : failure}`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
