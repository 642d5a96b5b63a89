import { test } from "node:test";
import type { PackageEvent } from "../../../schemas/generated/events.ts";
import { packageDecider } from "../../../services/repo/domain/package.ts";
import { given } from "../../spec.ts";
import { offered } from "./offered.ts";

const listed: PackageEvent = { type: "PackageListed", ...offered };
const list = { type: "ListPackage", ...offered } as const;
const { packageId, repoId, repoEventId, run, appId, versionId } = offered;
const unlist = { type: "UnlistPackage", packageId, repoId, repoEventId, run, appId, versionId } as const;
const unlisted: PackageEvent = { ...unlist, type: "PackageUnlisted" };

test("a package is listed", () => given(packageDecider).when(list).expect(listed));
test("the same package in the same run is listed once", () => given(packageDecider, listed).when(list).expectNothing());
test("another content is listed", () =>
  given(packageDecider, listed)
    .when({ ...list, digest: "sha256:2" })
    .expect({ ...listed, digest: "sha256:2" }));
test("a later run announces the same package again", () =>
  given(packageDecider, listed)
    .when({ ...list, run: 2, repoEventId: "repoe-2" })
    .expect({ ...listed, run: 2, repoEventId: "repoe-2" }));
test("a run that was overtaken lists nothing", () =>
  given(packageDecider, { ...unlisted, run: 2 })
    .when(list)
    .expectNothing());
test("a package is unlisted", () => given(packageDecider, listed).when(unlist).expect(unlisted));
test("a package is unlisted once a run", () => given(packageDecider, listed, unlisted).when(unlist).expectNothing());
test("what may have been listed is unlisted too", () => given(packageDecider).when(unlist).expect(unlisted));
test("a run that was overtaken unlists nothing", () =>
  given(packageDecider, { ...listed, run: 2 })
    .when(unlist)
    .expectNothing());
test("an unlisted package can be listed again", () =>
  given(packageDecider, listed, unlisted)
    .when({ ...list, run: 2 })
    .expect({ ...listed, run: 2 }));
