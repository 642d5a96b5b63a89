import { descriptionLimit } from "./devkit.ts";
import type { AnyPackage } from "./packages.ts";

/** What a version carries of its package besides the bytes. */
export type Description = {
  readonly configJson: string;
  readonly template: string;
  readonly values: string;
  readonly valuesSchema: string;
  readonly readme: string;
};

/** Of a chart all this is a convenience, so what is too large is left out. */
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

/** The text, or nothing where it is larger. */
export const bounded = (text: string, bytes: number): string => (Buffer.byteLength(text) > bytes ? "" : text);
