import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type MakeGround, onGround } from "./fixture.ts";

/** What every content-addressed store must do. */
export const blobsContract = (name: string, make: MakeGround): void => {
  onGround(`${name}: bytes come back by their digest, whatever their size`, make, async (fixture) => {
    const { blobs } = fixture.instance();
    for (const size of [0, 1, 255 * 1024, 255 * 1024 + 1, 5_000_000]) {
      const bytes = pattern(size);
      const digest = await blobs.put(bytes);
      assert.equal(digest, `sha256:${createHash("sha256").update(bytes).digest("hex")}`);
      const got = await fixture.instance().blobs.get(digest);
      assert.ok(got !== undefined && Buffer.compare(got, bytes) === 0, `${size} bytes`);
    }
    const absent = `sha256:${"0".repeat(64)}`;
    assert.equal(await blobs.get(absent), undefined);
  });

  onGround(`${name}: the same bytes put again, and by several at once, are one blob`, make, async (fixture) => {
    const instances = [fixture.instance().blobs, fixture.instance().blobs, fixture.instance().blobs];
    const bytes = pattern(1_000_000);
    const digests = await Promise.all([...instances, ...instances].map((blobs) => blobs.put(bytes)));
    assert.equal(new Set(digests).size, 1);
    assert.equal(await instances[0]?.put(bytes), digests[0]);
    assert.deepEqual(await instances[1]?.get(digests[0] ?? ""), bytes);
  });

  onGround(`${name}: a blob cannot be changed by who gave or got it, and a restart keeps it`, make, async (fixture) => {
    const { blobs } = fixture.instance();
    const bytes = pattern(1000);
    const digest = await blobs.put(bytes);
    bytes.fill(0);
    (await blobs.get(digest))?.fill(0);
    await fixture.restart();
    assert.deepEqual(await fixture.instance().blobs.get(digest), pattern(1000));
  });
};

/** Bytes that differ from chunk to chunk. */
const pattern = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 31 + (index >>> 10)) & 0xff;
  return bytes;
};
