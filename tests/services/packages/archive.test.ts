import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Header, pack as packer } from "tar-stream";
import { type ArchiveFile, digestOf, pack, unpack } from "../../../services/packages/archive.ts";
import { archiveOf, bytes } from "./package-fixtures.ts";

/** An archive with headers that `pack` would never write. */
const rawArchive = async (...entries: readonly [Partial<Header> & { name: string }, string?][]): Promise<Uint8Array> => {
  const tar = packer();
  for (const [header, content] of entries) content === undefined ? tar.entry(header) : tar.entry(header, content);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
};

const refused = (archive: Promise<Uint8Array>, reason: RegExp, limits = {}) =>
  assert.rejects(async () => unpack(await archive, limits), { name: "PackageError", message: reason });

test("what is packed is unpacked, with contents and executable bits", async () => {
  const script = { bytes: bytes("#!/bin/sh\n"), executable: true };
  const files = await unpack(
    await pack(
      new Map<string, Uint8Array | ArchiveFile>([
        ["a/run", script],
        ["a/empty", bytes("")],
        ["a/b/c.txt", { bytes: bytes("é"), executable: false }],
      ]),
    ),
  );
  assert.deepEqual([...files.keys()], ["a/b/c.txt", "a/empty", "a/run"]);
  assert.deepEqual(files.get("a/run"), script);
  assert.equal(new TextDecoder().decode(files.get("a/b/c.txt")?.bytes), "é");
  assert.equal(files.get("a/empty")?.bytes.byteLength, 0);
});

test("long names and folders are read, folders are no files", async () => {
  const long = `a/${"x".repeat(150)}/${"y".repeat(150)}`;
  const files = await unpack(
    await rawArchive([{ name: "a/", type: "directory" }], [{ name: `./${long}` }, "text"], [{ name: "a\\windows.txt" }, "text"]),
  );
  assert.deepEqual([...files.keys()], [long, "a/windows.txt"]);
});

test("the same files in any order give the same digest, other files another", async () => {
  const one = await archiveOf({ "a/1": "x", "a/2": "y" });
  const two = await archiveOf({ "a/2": "y", "a/1": "x" });
  assert.equal(digestOf(one), digestOf(two));
  assert.match(digestOf(one), /^[0-9a-f]{64}$/);
  assert.equal(gunzipSync(one).toString("latin1", 136, 147), "00000000000", "no time of packing in the header");
  assert.notEqual(digestOf(one), digestOf(await archiveOf({ "a/1": "x", "a/2": "z" })));
});

test("a digest is sha256 in hex", () => {
  assert.equal(digestOf(bytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a path that climbs out is refused", async () => {
  await refused(rawArchive([{ name: "a/../../etc/passwd" }, "x"]), /leads outside the archive/);
  await refused(rawArchive([{ name: "..\\x" }, "x"]), /leads outside the archive/);
  await refused(rawArchive([{ name: "../a", type: "directory" }]), /leads outside the archive/);
});

test("an absolute path is refused", async () => {
  await refused(rawArchive([{ name: "/etc/passwd" }, "x"]), /absolute path/);
  await refused(rawArchive([{ name: "C:\\x" }, "x"]), /absolute path/);
});

test("nothing that would climb out can be packed either", () =>
  assert.rejects(archiveOf({ "../x": "" }), { name: "PackageError", message: /leads outside the archive/ }));

test("links are refused", async () => {
  await refused(rawArchive([{ name: "a/link", type: "symlink", linkname: "/etc/passwd" }]), /a\/link is a link to "\/etc\/passwd"/);
  await refused(rawArchive([{ name: "a/link", type: "link", linkname: "b" }]), /a link to "b"/);
});

test("devices and pipes are refused", async () => {
  await refused(rawArchive([{ name: "a/null", type: "character-device", devmajor: 1, devminor: 3 }]), /a\/null is a character-device/);
  await refused(rawArchive([{ name: "a/disk", type: "block-device" }]), /block-device/);
  await refused(rawArchive([{ name: "a/pipe", type: "fifo" }]), /fifo/);
});

test("a path that is there twice is refused, and so is a file that is a folder as well", async () => {
  await refused(rawArchive([{ name: "a/x" }, "1"], [{ name: "a/./x" }, "2"]), /a\/x occurs twice in the archive/);
  await refused(rawArchive([{ name: "a/x" }, "1"], [{ name: "a/x/y" }, "2"]), /a\/x is both a file and a folder/);
});

test("too many entries, too large a file and too much in all are refused", async () => {
  const archive = archiveOf({ "a/1": "x".repeat(600), "a/2": "y".repeat(600), "a/3": "z" });
  await refused(archive, /more than 2 entries/, { entries: 2 });
  await refused(archive, /a\/1 is larger than 599 bytes/, { fileBytes: 599 });
  await refused(archive, /unpacks to more than 1200 bytes/, { unpackedBytes: 1200 });
  await refused(archive, /the archive is larger than 10 bytes/, { packedBytes: 10 });
  assert.equal((await unpack(await archive, { entries: 3, fileBytes: 600, unpackedBytes: 1201 })).size, 3);
});

test("a bomb is not unpacked to find out how large it is", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  assert.ok(bomb.byteLength < 1024 * 1024);
  await refused(Promise.resolve(bomb), /unpacks to more than 1 MiB/, { unpackedBytes: 1024 * 1024, entries: 100 });
});

test("a file that claims a huge size is refused before it is read", async () => {
  const tar = Buffer.from(gunzipSync(await rawArchive([{ name: "a/huge" }, "x"])));
  tar.write("77777777777\0", 124, "latin1");
  tar.write("        ", 148, "latin1");
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  await refused(Promise.resolve(gzipSync(tar)), /a\/huge is larger than 64 MiB/);
});

test("what is no gzip, no tar, or cut short is refused", async () => {
  const whole = await archiveOf({ "a/1": "x".repeat(5000) });
  await refused(Promise.resolve(bytes("hello")), /not a valid gzip file/);
  await refused(Promise.resolve(bytes("")), /not a valid gzip file/);
  await refused(Promise.resolve(whole.subarray(0, whole.byteLength - 20)), /not a valid gzip file/);
  await refused(Promise.resolve(gzipSync(bytes("no tar at all ".repeat(100)))), /not a valid tar file/);
  await refused(Promise.resolve(gzipSync(gunzipSync(whole).subarray(0, 2000))), /not a valid tar file/);
});
