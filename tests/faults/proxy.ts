import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Sees both directions of one connection and decides what of the answers the client gets. */
export type Answers = { readonly request: (bytes: Buffer) => void; readonly answer: (bytes: Buffer) => Buffer };

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
        if (passed.length > 0 && !to.destroyed) to.write(passed);
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

/** Cuts a stream into Kafka's frames, each with its length before it. */
const frames = (onFrame: (frame: Buffer) => void): ((bytes: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      onFrame(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
};

/** Kafka's number of the request that stores records. */
export const produceRequest = 0;

/** Withholds a broker's answers to the requests of a kind while `drops` says so; the others pass. */
export const withoutKafkaAnswers = (apiKey: number, drops: () => boolean): (() => Answers) => {
  return () => {
    const withheld = new Set<number>();
    const request = frames((frame) => {
      if (frame.readInt16BE(4) === apiKey && drops()) withheld.add(frame.readInt32BE(8));
    });
    let passed: Buffer[] = [];
    const answer = frames((frame) => {
      if (!withheld.delete(frame.readInt32BE(4))) passed.push(frame);
    });
    return {
      request,
      answer: (bytes) => {
        passed = [];
        answer(bytes);
        return Buffer.concat(passed);
      },
    };
  };
};
