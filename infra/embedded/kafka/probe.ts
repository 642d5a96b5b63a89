import { connect } from "node:net";

const metadataRequest = 3;
const version = 1;
const limit = 2000;

/** A Metadata request without topics: length, api, version, correlation id, no client id, empty array. */
const request = (): Buffer => {
  const frame = Buffer.alloc(18);
  frame.writeInt32BE(14, 0);
  frame.writeInt16BE(metadataRequest, 4);
  frame.writeInt16BE(version, 6);
  frame.writeInt32BE(1, 8);
  frame.writeInt16BE(-1, 12);
  frame.writeInt32BE(0, 14);
  return frame;
};

const brokersIn = (answer: Buffer): number[] => {
  const ids: number[] = [];
  let at = 12;
  for (let left = answer.readInt32BE(8); left > 0; left--) {
    ids.push(answer.readInt32BE(at));
    at += 4;
    at += 2 + answer.readInt16BE(at);
    at += 4;
    at += 2 + Math.max(0, answer.readInt16BE(at));
  }
  return ids;
};

/** The ids of the live brokers according to the broker on this port; empty if it does not answer. */
export const livingBrokers = (port: number): Promise<number[]> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let answer: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    const end = (ids: number[]) => {
      socket.destroy();
      resolve(ids);
    };
    socket.setTimeout(limit, () => end([]));
    socket.once("connect", () => socket.write(request()));
    socket.once("error", () => end([]));
    socket.once("close", () => end([]));
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) end(brokersIn(answer));
    });
  });
