import assert from "node:assert/strict";
import { test } from "node:test";
import { urlToDatabase } from "../../../../infra/embedded/store/addresses.ts";

const moved: readonly (readonly [from: string, to: string])[] = [
  ["mongodb://localhost", "mongodb://localhost/pitrix_app"],
  ["mongodb://localhost:27017/", "mongodb://localhost:27017/pitrix_app"],
  ["mongodb://a:1,b:2,c:3/?replicaSet=rs0", "mongodb://a:1,b:2,c:3/pitrix_app?replicaSet=rs0"],
  ["mongodb://u:p%40w@a:1,b:2/?replicaSet=rs0", "mongodb://u:p%40w@a:1,b:2/pitrix_app?replicaSet=rs0&authSource=admin"],
  ["mongodb://u:p@a/own", "mongodb://u:p@a/pitrix_app?authSource=own"],
  ["mongodb+srv://u:p@cluster.example/?authSource=users", "mongodb+srv://u:p@cluster.example/pitrix_app?authSource=users"],
];
for (const [from, to] of moved)
  test(`${from} leads to another database with the same hosts, user and options`, () => {
    assert.equal(urlToDatabase(from, "pitrix_app"), to);
  });

test("what is no address of a MongoDB is refused", () => {
  assert.throws(() => urlToDatabase("localhost:27017", "pitrix_app"), /begins with mongodb:\/\//);
});
