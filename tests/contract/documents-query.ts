import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { DocumentQuery, StoredDocument } from "../../events/ports.ts";
import type { Fixture, MakeGround } from "./fixture.ts";

const collection = "clusters__v1";

const values: { readonly [id: string]: StoredDocument["value"] } = {
  a: { name: "Web (blue)", status: "active", size: 3, owner: ":root:dev", tags: ["x", "y"], ready: true, at: "2024-05-01T10:00:00Z" },
  b: { name: "web.green", status: "active", size: 1, owner: ":root:dev:1", tags: ["y"], ready: false, at: "2024-05-02T10:00:00Z" },
  c: { name: "Database", status: "stopped", size: 2, owner: ":root:ops", tags: [], ready: true, nodes: [{ zone: "z1" }, { zone: "z2" }] },
  d: { name: "ŻÓŁĆ 集群", status: "stopped", size: 10, owner: ":root:ops", nodes: [{ zone: "z2" }] },
  e: { name: "[a-z]+", status: "ceased", size: "3", owner: ":root", parent: { zone: "z1" } },
  f: { name: "nothing else" },
};

/** The part of the contract of read models that is about queries; all on one fixture, since nothing writes. */
export const queryContract = (name: string, make: MakeGround): void => {
  let fixture: Promise<Fixture> | undefined;
  const find = async (query: Partial<DocumentQuery>) => {
    fixture ??= filled(make);
    return (await fixture).instance().documents.find(collection, { where: [], offset: 0, limit: 100, ...query });
  };
  after(async () => (await fixture)?.end());
  const finds = (sentence: string, query: Partial<DocumentQuery>, ids: string, total = ids.length) =>
    test(`${name}: finds ${sentence}`, async () => {
      const found = await find(query);
      assert.deepEqual({ ids: found.documents.map(({ id }) => id).join(""), total: found.total }, { ids, total });
      for (const { id, value } of found.documents) assert.deepEqual(value, values[id]);
    });

  finds("all that live, by id", {}, "abcdef");
  finds("a page of them with the total of all", { offset: 2, limit: 3 }, "cde", 6);
  finds("a page beyond the end", { offset: 10, limit: 3 }, "", 6);
  finds("the total alone", { limit: 0 }, "", 6);

  finds("one value", { where: [{ field: "status", in: ["active"] }] }, "ab");
  finds("one of several values", { where: [{ field: "status", in: ["active", "ceased", "none"] }] }, "abe");
  finds("none of an empty list", { where: [{ field: "status", in: [] }] }, "");
  finds("numbers as numbers", { where: [{ field: "size", in: [3, 10] }] }, "ad");
  finds("text as text", { where: [{ field: "size", in: ["3"] }] }, "e");
  finds("truth", { where: [{ field: "ready", in: [false] }] }, "b");
  finds("an element of a list", { where: [{ field: "tags", in: ["y"] }] }, "ab");
  finds("a field within", { where: [{ field: "parent.zone", in: ["z1"] }] }, "e");
  finds("a field within a list", { where: [{ field: "nodes.zone", in: ["z1"] }] }, "c");
  finds("a field within a list, several", { where: [{ field: "nodes.zone", in: ["z1", "z2"] }] }, "cd");
  finds("nothing in a field that none has", { where: [{ field: "nowhere", in: ["x"] }] }, "");

  finds("a range of numbers, from included and below not", { where: [{ field: "size", from: 2, below: 10 }] }, "ac");
  finds("a range open above", { where: [{ field: "size", from: 3 }] }, "ad");
  finds("a range open below, without those that lack the field", { where: [{ field: "size", below: 3 }] }, "bc");
  finds("a range of times", { where: [{ field: "at", from: "2024-05-01T10:00:01Z" }] }, "b");
  finds("a prefix as a range", { where: [{ field: "owner", from: ":root:dev", below: ":root:dev~" }] }, "ab");
  finds("all in a range without ends", { where: [{ field: "size" }] }, "abcdef");

  finds(
    "several conditions at once",
    {
      where: [
        { field: "status", in: ["active", "stopped"] },
        { field: "size", from: 2 },
        { field: "ready", in: [true] },
      ],
    },
    "ac",
  );
  finds(
    "two conditions on one field",
    {
      where: [
        { field: "tags", in: ["x"] },
        { field: "tags", in: ["y"] },
      ],
    },
    "a",
  );
  finds(
    "what any of several lists of conditions allows",
    {
      anyOf: [
        [{ field: "owner", in: [":root"] }],
        [
          { field: "status", in: ["stopped"] },
          { field: "size", below: 5 },
        ],
      ],
    },
    "ce",
  );
  finds(
    "both: all of these and any of those",
    {
      where: [{ field: "status", in: ["stopped"] }],
      anyOf: [[{ field: "size", in: [10] }], [{ field: "status", in: ["active"] }]],
    },
    "d",
  );
  finds("nothing where any of no lists is asked for", { anyOf: [] }, "");
  finds("all where one of the lists is empty", { anyOf: [[], [{ field: "status", in: ["none"] }]] }, "abcdef");

  const search = (word: string, fields = ["name"], exact: readonly string[] = []) => ({ search: { word, fields, exact } });
  finds("a word in any case", search("WEB"), "ab");
  finds("a word anywhere in the text", search("tab"), "c");
  finds("a word in any of the fields", search("root", ["name", "owner"]), "abcde");
  finds("a word in the elements of a list", search("X", ["tags"]), "a");
  finds("signs as themselves, a dot", search("b.g"), "b");
  finds("signs as themselves, brackets", search("(BLUE"), "a");
  finds("signs as themselves, an expression", search("[A-Z]+"), "e");
  finds("signs as themselves, all that an expression has", search("\\^$.*+?()[]{}|"), "");
  finds("letters beyond ASCII in any case", search("żół"), "d");
  finds("ideographs", search("集"), "d");
  finds("an exact field only as a whole", search("active", [], ["status"]), "ab");
  finds("not a part of an exact field", search("activ", [], ["status"]), "");
  finds("not an exact field in another case", search("Active", [], ["status"]), "");
  finds("a word or an exact field", search("stopped", ["name"], ["status"]), "cd");
  finds("nothing without a field to search in", search("web", [], []), "");
  finds(
    "a word among other conditions, paged",
    { ...search("e"), where: [{ field: "status", in: ["active"] }], offset: 1, limit: 1 },
    "b",
    2,
  );

  const sort = (field: string, descending = false) => ({ sort: { field, descending } });
  finds("in the order of a number, the missing first and text after", sort("size"), "fbcade");
  finds("in the opposite order", sort("size", true), "edacbf");
  finds("ties in the order of their ids", sort("status"), "fabecd");
  finds("ties in the opposite order, too", sort("status", true), "dcebaf");
  finds("a page of an order", { ...sort("size"), offset: 1, limit: 2 }, "bc", 6);
  finds("in the order of a text, capitals first", sort("name"), "caefbd");
};

const filled = async (make: MakeGround): Promise<Fixture> => {
  const fixture = await make();
  const { documents } = fixture.instance();
  await documents.ensure(collection, ["status", "size", "tags", "nodes.zone"]);
  const living = Object.entries(values).map(([id, value]) => ({ id, stream: `cluster/${id}`, version: 1, deleted: false, value }));
  const dead = { id: "z", stream: "cluster/z", version: 2, deleted: true, value: { name: "web", status: "active", size: 3 } };
  await documents.write(
    collection,
    [...living, dead].reverse().map((document) => ({ document, expected: 0 })),
  );
  return fixture;
};
