import { eventually } from "../eventually.ts";

/** A message of server-sent events. */
export type Message = {
  readonly id: string | undefined;
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: messages are looked into field by field.
  readonly data: any;
};

/** Opens a stream and reads its messages; undefined `data`: it only says how far the stream is. */
export const openStream = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const left = new AbortController();
  const response = await fetch(url, { headers, signal: left.signal });
  const messages: Message[] = [];
  let comments = 0;
  let lastId = headers["last-event-id"] ?? "";
  const read = (block: string): void => {
    const lines = block.split("\n").map((line) => /^(\w*):\s?(.*)$/.exec(line) ?? []);
    const field = (name: string): string | undefined => lines.find(([, each]) => each === name)?.[2];
    if (block.startsWith(":")) comments += 1;
    const [id, event, data] = [field("id"), field("event"), field("data")];
    if (id !== undefined) lastId = id;
    if (id !== undefined || data !== undefined) messages.push({ id, event, data: data === undefined ? undefined : JSON.parse(data) });
  };
  const reading = (async (): Promise<"ended" | "broken"> => {
    let text = "";
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          read(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
      return "ended";
    } catch {
      return "broken";
    }
  })();
  /** The events of the platform among the messages, by their ids. */
  const ids = (): readonly string[] => messages.flatMap(({ event, data }) => (event === undefined && data ? [String(data.id)] : []));
  return {
    ...{ response, messages, reading, ids },
    comments: () => comments,
    lastId: () => lastId,
    /** Waits until the stream has shown an event. */
    shows: (id: string) => eventually(`the stream shows ${id}, it has ${ids()}`, () => ids().includes(id)),
    leave: async (): Promise<string> => {
      left.abort();
      await reading;
      return lastId;
    },
  };
};
export type OpenStream = Awaited<ReturnType<typeof openStream>>;
