/** A secret as ciphertext. A field that the schema marks with `"secret": true` holds nothing else. */
export type Sealed = string & { readonly sealed: true };

/** Whether a text has the form of sealed text: `v<version>.<key id>.<iv>.<ciphertext and tag>`, all in base64url. */
export const isSealed = (text: string): text is Sealed => {
  const head = /^v[12]\.[\w-]{1,64}\.[\w-]{16}\.[\w-]{22}/.exec(text)?.[0];
  // Not by one expression: on megabytes its repetition takes more stack than there is.
  return head !== undefined && !/[^\w-]/.test(text.slice(head.length));
};
