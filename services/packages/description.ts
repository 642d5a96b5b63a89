import { descriptionLimit } from "./devkit.ts";
import type { AnyPackage } from "./packages.ts";

/** The parts of a package that an application version stores besides the archive. */
export type Description = {
  readonly configJson: string;
  readonly template: string;
  readonly values: string;
  readonly valuesSchema: string;
  readonly readme: string;
};

/** For a chart, these parts are informational, so a part that is too large is omitted. */
export const descriptionOf = (content: AnyPackage): Description =>
  content.type === "vmbased"
    ? { configJson: content.configJson, template: content.template, values: "", valuesSchema: "", readme: "" }
    : {
        configJson: "",
        template: "",
        values: bounded(content.values, descriptionLimit),
        valuesSchema: content.valuesSchema ? bounded(JSON.stringify(content.valuesSchema), descriptionLimit / 2) : "",
        readme: content.readme.slice(0, 32 * 1024),
      };

/** The text, or an empty text if it has more bytes. */
export const bounded = (text: string, bytes: number): string => (Buffer.byteLength(text) > bytes ? "" : text);
