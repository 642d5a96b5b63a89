import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Sees both directions of one connection and decides what of the answers the client gets; "cut" ends the connection instead. */
export type Answers = { readonly request: (bytes: Buffer) => void; readonly answer: (bytes: Buffer) => Buffer | "cut" };

export type Proxy = {
  readonly host: string;
  readonly port: number;
  /** Bytes wait, in both directions, until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Nothing more that the server answers arrives, until it is set to false: its work is done and nobody hears of it. */
  readonly dropAnswers: (drop: boolean) => void;
  /** Ends all connections at once; new ones are welcome. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

/** A TCP proxy before a server, for the faults between a client and it. */
export const startProxy = async (
  target: { readonly host: string; readonly port: number },
  answers: () => Answers = () => ({ request: () => {}, answer: (bytes) => bytes }),
): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  let isPaused = false;
  let drops = false;
  const server = createServer((client) => {
    const upstream = connect(target);
    const watched = answers();
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      if (isPaused) from.pause();
      from.on("data", (bytes: Buffer) => {
        if (from === client) watched.request(bytes);
        const passed = from === client ? bytes : drops ? Buffer.alloc(0) : watched.answer(bytes);
        if (passed === "cut") {
          client.destroy();
          upstream.destroy();
        } else if (passed.length > 0 && !to.destroyed) to.write(passed);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.end();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: "127.0.0.1",
    port,
    pause: () => {
      isPaused = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      isPaused = false;
      for (const socket of sockets) socket.resume();
    },
    dropAnswers: (drop) => {
      drops = drop;
    },
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Where a message ends by its first four bytes: Kafka's length leaves these out, MongoDB's does not. */
const bigEndian = (bytes: Buffer): number => 4 + bytes.readInt32BE(0);
const littleEndian = (bytes: Buffer): number => bytes.readInt32LE(0);

/** Cuts a stream into messages, each with its length before it. */
const frames = (onFrame: (frame: Buffer) => void, lengthOf = bigEndian): ((bytes: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= lengthOf(rest)) {
      const end = lengthOf(rest);
      onFrame(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
};

/** Kafka's number of the request that stores records. */
export const produceRequest = 0;

/** Withholds a broker's answers to the requests of a kind while `drops` says so; the others pass, unless the connection is cut with it. */
export const withoutKafkaAnswers = (apiKey: number, drops: () => boolean, cuts = false): (() => Answers) => {
  return () => {
    const withheld = new Set<number>();
    const request = frames((frame) => {
      if (frame.readInt16BE(4) === apiKey && drops()) withheld.add(frame.readInt32BE(8));
    });
    let passed: Buffer[] = [];
    let dropped = 0;
    const answer = frames((frame) => {
      if (withheld.delete(frame.readInt32BE(4))) dropped++;
      else passed.push(frame);
    });
    return {
      request,
      answer: (bytes) => {
        passed = [];
        answer(bytes);
        return cuts && dropped > 0 ? "cut" : Buffer.concat(passed);
      },
    };
  };
};

const opMessage = 2013;
/** What follows the flags, the kind of the section, the document's length and the type of its first field: the command's name. */
const nameAt = 16 + 4 + 1 + 4 + 1;
const writing = new Set(["insert", "update"]);

/** Cuts the connection instead of passing a store's answer to a write while `drops` says so: the write is done and nobody hears of it. */
export const withoutMongoAnswers = (drops: () => boolean): (() => Answers) => {
  return () => {
    const withheld = new Set<number>();
    const request = frames((message) => {
      if (message.length <= nameAt || message.readInt32LE(12) !== opMessage) return;
      const name = message.toString("latin1", nameAt, message.indexOf(0, nameAt));
      if (writing.has(name) && drops()) withheld.add(message.readInt32LE(4));
    }, littleEndian);
    let cut = false;
    const answer = frames((message) => {
      if (withheld.has(message.readInt32LE(8))) cut = true;
    }, littleEndian);
    return {
      request,
      answer: (bytes) => {
        answer(bytes);
        return cut ? "cut" : bytes;
      },
    };
  };
};
