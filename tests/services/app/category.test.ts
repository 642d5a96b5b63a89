import { test } from "node:test";
import type { CategoryEvent } from "../../../schemas/generated/events.ts";
import { attachment } from "../../../services/app/domain/attachment.ts";
import { category } from "../../../services/app/domain/category.ts";
import { given } from "../../spec.ts";
import { owned } from "./fixtures.ts";

const categoryId = "ctg-1";
const described = { name: "Databases", locale: "{}", description: "", icon: "" };
const created: CategoryEvent = { type: "CategoryCreated", categoryId, ...described, ...owned };
const deleted: CategoryEvent = { type: "CategoryDeleted", categoryId };
const create = { ...created, type: "CreateCategory" } as const;
const modify = (changes: object) =>
  ({
    type: "ModifyCategory",
    categoryId,
    name: undefined,
    locale: undefined,
    description: undefined,
    icon: undefined,
    ...changes,
  }) as const;

test("a category is created", () => given(category).when(create).expect(created));
test("a category is created once", () => given(category, created).when(create).expectNothing());
test("a category is renamed", () =>
  given(category, created)
    .when(modify({ name: "Stores" }))
    .expect({ type: "CategoryModified", categoryId, ...described, name: "Stores" }));
test("a modification without a difference changes nothing", () => given(category, created).when(modify({})).expectNothing());
test("a category that is gone cannot be modified", () =>
  given(category, created, deleted)
    .when(modify({ name: "Stores" }))
    .expectRejection(/does not exist/, { kind: "notFound", error: "resource_not_found" }));
test("a category is deleted", () => given(category, created).when({ type: "DeleteCategory", categoryId }).expect(deleted));
test("a category is deleted once", () => given(category, created, deleted).when({ type: "DeleteCategory", categoryId }).expectNothing());
test("a category that is not known cannot be deleted", () =>
  given(category)
    .when({ type: "DeleteCategory", categoryId })
    .expectRejection(/does not exist/, { kind: "notFound" }));
test("the default category stays", () =>
  given(category)
    .when({ type: "DeleteCategory", categoryId: "ctg-uncategorized" })
    .expectRejection(/belongs to the platform/, { kind: "precondition" }));

const uploaded = { type: "AttachmentUploaded", attachmentId: "att-1", filename: "raw", digest: "sha256:1", ...owned } as const;
test("an attachment is uploaded", () =>
  given(attachment)
    .when({ ...uploaded, type: "UploadAttachment" })
    .expect(uploaded));
test("an attachment is uploaded once", () =>
  given(attachment, uploaded)
    .when({ ...uploaded, type: "UploadAttachment" })
    .expectNothing());
