/** Parses labels and selectors of the form `key=value&key=value`. */
export const pairsOf = (text: string): readonly { readonly key: string; readonly value: string }[] =>
  [...new URLSearchParams(text)].map(([key, value]) => ({ key, value }));
