/** A text without the e-mail addresses in it. Reads each letter once. */
export const withoutAddresses = (text: string): string => text.replace(/[^\s"'<>,;()]+/g, (word) => (/[^@]@[^@]/.test(word) ? "" : word));
