import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { metadataFile } from "./metadata.mjs";

const folder = join(process.env.BOOKINFO_DATA ?? dirname(metadataFile), "data");
const fileOf = (role) => join(folder, `${role}.json`);

/** The book of this shop, by the role that stores each part. */
const initial = {
  details: {
    title: "The Comedy of Errors",
    author: "William Shakespeare",
    year: 1595,
    type: "paperback",
    pages: 200,
    publisher: "Folio Press",
    language: "English",
    isbn10: "1234567890",
    summary: "Two pairs of identical twins were separated at birth. They meet again, and nobody notices for five acts.",
  },
  reviews: [
    { reviewer: "Reviewer 1", text: "An extremely entertaining play. The slapstick humour is refreshing!" },
    {
      reviewer: "Reviewer 2",
      text: "Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by the author.",
    },
    { reviewer: "Reviewer 3", text: "Short, fast, and the right twin gets the blame in the end." },
  ],
  ratings: { "Reviewer 1": 5, "Reviewer 2": 4, "Reviewer 3": 4 },
};

/** Writes the data once; a second run keeps existing data. */
export const writeData = (role) => {
  if (initial[role] === undefined) return "nothing to keep";
  mkdirSync(folder, { recursive: true });
  const file = fileOf(role);
  try {
    readFileSync(file);
    return `${file} is already there`;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  writeFileSync(`${file}.new`, `${JSON.stringify(initial[role], null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return `${file} written`;
};

export const readData = (role) => JSON.parse(readFileSync(fileOf(role), "utf8"));

export const removeData = () => rmSync(folder, { recursive: true, force: true });
