import { readMetadata, settingsOf } from "./metadata.mjs";

/** The current metadata of this node; SIGHUP reads it again. */
let metadata = readMetadata();

export const current = () => metadata;
export const settings = () => settingsOf(metadata);

/** An unreadable file keeps the previous metadata. */
export const reload = () => {
  try {
    metadata = readMetadata();
    console.log(
      `metadata read again: ${Object.entries(metadata.hosts)
        .map(([role, nodes]) => `${nodes.length} ${role}`)
        .join(", ")}`,
    );
  } catch (error) {
    console.error(`metadata not read: ${error.message}`);
  }
};
