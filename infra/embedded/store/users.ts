import { randomBytes } from "node:crypto";
import { type Db, MongoClient, MongoServerError } from "mongodb";
import { isRecord, readJson, writeJson } from "../files.ts";

/** Someone who may read and write one database, and no other. */
export type StoreUser = { readonly database: string; readonly user: string; readonly password: string };

/** The users that a directory remembers; the first start makes the administrator. */
export type StoreUsers = { readonly administrator: StoreUser; readonly users: readonly StoreUser[] };

const alreadyExists = 51003;
const connectLimit = 10_000;

const isUser = (value: unknown): value is StoreUser =>
  isRecord(value) && [value.database, value.user, value.password].every((field) => typeof field === "string");

export const readUsers = (file: string): StoreUsers | undefined => {
  const content = readJson(file);
  if (!isRecord(content) || !isUser(content.administrator) || !Array.isArray(content.users)) return undefined;
  return { administrator: content.administrator, users: content.users.filter(isUser) };
};

/** Passwords: readable by the user of this machine only. */
export const writeUsers = (file: string, users: StoreUsers): void => writeJson(file, users, 0o600);

export const newAdministrator = (): StoreUser => ({
  database: "admin",
  user: "pitrix_admin",
  password: randomBytes(18).toString("base64url"),
});

const same = (one: StoreUser, other: StoreUser): boolean => one.database === other.database && one.user === other.user;

/** The known users and the given ones; of two of the same name the given one counts. */
export const merge = (known: readonly StoreUser[], given: readonly StoreUser[]): StoreUser[] => [
  ...known.filter((user) => !given.some((other) => same(user, other))),
  ...given,
];

/** Those given that the known ones do not contain with the same password. */
export const unknownOf = (known: readonly StoreUser[], given: readonly StoreUser[]): StoreUser[] =>
  given.filter((user) => !known.some((other) => same(user, other) && other.password === user.password));

const put = async (db: Db, name: string, password: string): Promise<void> => {
  const user = { pwd: password, roles: [{ role: "readWrite", db: db.databaseName }], mechanisms: ["SCRAM-SHA-256"] };
  try {
    await db.command({ createUser: name, ...user });
  } catch (failure) {
    if (!(failure instanceof MongoServerError) || failure.code !== alreadyExists) throw failure;
    await db.command({ updateUser: name, ...user });
  }
};

/** Creates the users, or changes their passwords, as the administrator. */
export const putUsers = async (url: string, users: readonly StoreUser[]): Promise<void> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: connectLimit });
  try {
    for (const { database, user, password } of users) await put(client.db(database), user, password);
  } finally {
    await client.close();
  }
};
