/** First line of every generated file. */
export const banner = (sources) => `// Generated from ${sources} by \`npm run generate\`. Do not edit.\n`;

/** `localDeployment` becomes `LocalDeployment`, `provider-local` becomes `ProviderLocal`. */
export const pascalCase = (name) => name.replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());

/** A doc comment for a declaration or a field; empty without a text. */
export function comment(text, indent = "") {
  if (!text) return "";
  const lines = text.trim().replaceAll("*/", "* /").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** A property name, quoted only if necessary. */
export const property = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
