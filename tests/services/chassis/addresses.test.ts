import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, lookupWithin, permitted } from "../../../services/chassis/process/addresses.ts";

/** Looks a name up that leads to these addresses, one after the other. */
const lookUp = (...answers: readonly (readonly Address[])[]) => {
  let asked = 0;
  const resolve = async (): Promise<readonly Address[]> => answers[asked++] ?? [];
  const look = lookupWithin(
    (address) => permitted([])(address, 80),
    () => new Error("refused"),
    resolve,
  );
  return {
    asked: () => asked,
    once: (all: boolean): Promise<unknown> =>
      new Promise((done) => look("evil.example", { all }, (error, address) => done(error ? error.message : address))),
  };
};
const open = { address: "93.184.215.14", family: 4 };
const metadata = { address: "169.254.169.254", family: 4 };

test("the address that was judged is the one that is connected to, and each connection is judged anew", async () => {
  const name = lookUp([open], [metadata], [open]);
  assert.equal(await name.once(false), open.address);
  assert.equal(name.asked(), 1, "nobody asks again between the judgement and the connection");
  assert.equal(await name.once(false), "refused");
  assert.deepEqual(await name.once(true), [open]);
});

test("a name with a private address among others is refused", async () => {
  for (const all of [false, true]) assert.equal(await lookUp([open, metadata]).once(all), "refused");
  assert.match(String(await lookUp([]).once(false)), /evil.example has no address/);
});
