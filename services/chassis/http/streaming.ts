import type { ServerResponse } from "node:http";

const STREAMING = "streaming";

/** Says that an answer has become a stream, which lasts as long as its caller likes: limits of usual answers are not for it. */
export const beginsStreaming = (response: ServerResponse): void => void response.emit(STREAMING);

/** Calls once an answer has become a stream. */
export const onceStreaming = (response: ServerResponse, begun: () => void): void => void response.once(STREAMING, begun);
