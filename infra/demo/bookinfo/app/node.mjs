import { readMetadata, settingsOf } from "./metadata.mjs";

/** What this node knows at the moment; read again when it is told to. */
let metadata = readMetadata();

export const current = () => metadata;
export const settings = () => settingsOf(metadata);

/** A file that cannot be read leaves what was known before. */
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
