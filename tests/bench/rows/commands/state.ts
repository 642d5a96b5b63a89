import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { categoriesIn } from "./read-model.ts";
import { kafkaOf, type Servers } from "./servers.ts";

/** What must be so when all answers are there. */
export type Expected = {
  /** Commands that were carried out: each is a commit and an event on the log. */
  readonly commands: number;
  /** Aggregates that were made. */
  readonly created: number;
  /** The one that many changed, and how often. */
  readonly hot: { readonly id: string; readonly version: number } | undefined;
};
type Found = {
  readonly commits: number;
  readonly unpublished: number;
  readonly documents: number;
  readonly hot: number;
  readonly logged: number;
};

/** Whose documents are looked at: the platform's read model, a collection of a contestant that has commits, or the streams of Emmett. */
type Kind = "platform" | "commits" | "emmett";

const others = "ctg-uncategorized";
const LIMIT = 20_000;

/** Waits until a subject has left what its answers promised; says what is wrong otherwise. */
export const checkState = async ({ connection, urlFor }: Servers, expected: Expected, kind: Kind): Promise<string> => {
  const client = await new MongoClient(urlFor("pitrix_app")).connect();
  const admin = kafkaOf(connection).admin();
  await admin.connect();
  const look =
    kind === "emmett"
      ? () => inStreams(client, expected)
      : () => inCommits(client, expected, kind === "platform" ? categoriesIn : "categories");
  const logged = async (): Promise<number> =>
    (await admin.fetchTopicOffsets("pitrix.category")).reduce((sum, { high }) => sum + Number(high), 0);
  try {
    for (const until = Date.now() + LIMIT; ; await pause(100)) {
      const [found, events] = await Promise.all([look(), logged()]);
      const wrong = problems(expected, { ...found, logged: events });
      if (wrong.length === 0) return "right";
      if (Date.now() > until) return wrong.join("; ");
    }
  } finally {
    await Promise.all([client.close(), admin.disconnect()]);
  }
};

const problems = ({ commands, created, hot }: Expected, found: Found): readonly string[] => [
  ...(found.commits === commands ? [] : [`${found.commits} commits for ${commands} answers`]),
  ...(found.unpublished === 0 ? [] : [`${found.unpublished} commits not marked as published`]),
  ...(found.documents === created ? [] : [`${found.documents} documents of ${created}`]),
  ...(hot === undefined || found.hot === hot.version ? [] : [`the hot document is at ${found.hot} of ${hot.version}`]),
  // The platform's own category may be among them, and a repeat is allowed.
  ...(found.logged >= commands ? [] : [`${found.logged} events on the log for ${commands} commits`]),
];

type Stored = { readonly _id: string; readonly _version?: number };
const inCommits = async (client: MongoClient, { hot }: Expected, collection: string): Promise<Omit<Found, "logged">> => {
  const commits = client.db().collection<{ readonly _id: string; readonly stream: string }>("commits");
  const documents = client.db().collection<Stored>(collection);
  const [all, unpublished, stored, document] = await Promise.all([
    commits.countDocuments({ _id: { $gte: "category/", $lt: "category0" }, stream: { $ne: `category/${others}` } }),
    commits.countDocuments({ publish: { $exists: true } }),
    documents.countDocuments({ _id: { $ne: others } }),
    hot && documents.findOne({ _id: hot.id }),
  ]);
  return { commits: all, unpublished, documents: stored, hot: document?._version ?? 0 };
};

type Stream = { readonly streamName: string; readonly metadata: { readonly streamPosition: bigint | number } };
/** The event store keeps a stream and what is read of it in one document. */
const inStreams = async (client: MongoClient, { hot }: Expected): Promise<Omit<Found, "logged">> => {
  const streams = client.db().collection<Stream>("emt:category");
  let commits = 0;
  let documents = 0;
  let version = 0;
  for await (const { streamName, metadata } of streams.find({}, { projection: { messages: 0 } })) {
    commits += Number(metadata.streamPosition);
    documents++;
    if (streamName === `category:${hot?.id}`) version = Number(metadata.streamPosition);
  }
  return { commits, unpublished: 0, documents, hot: version };
};
