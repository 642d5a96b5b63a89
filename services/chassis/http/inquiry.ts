import type { Fields } from "./fields.ts";

/** What only the outside of a service knows, such as the log of a process, for other services. Undefined: it knows nothing of it. */
export type Inquiries = { readonly [name: string]: (fields: Fields) => Promise<Fields | undefined> };
