import { isSealed, type Sealed } from "../events/index.ts";

/** A text in the form of sealed text, which nobody can open: `sealedText("first")`. */
export const sealedText = (name: string): Sealed => {
  const text = `v2.${name.replaceAll(/[^\w-]/g, "-")}.${"i".repeat(16)}.${"c".repeat(22)}`;
  if (!isSealed(text)) throw new Error(`${text} has not the form of sealed text`);
  return text;
};
