import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import { deleted, type Projection } from "../../chassis/events.ts";

export type CategoryDocument = Owned & {
  readonly category_id: string;
  readonly name: string;
  readonly locale: string;
  readonly description: string;
  readonly icon: string;
  readonly create_time: string;
  readonly update_time: string;
};

/** The categories of the catalogue, without deleted ones. */
export const categories: Projection<CategoryDocument> = {
  name: "categories",
  version: 2,
  initialState: {
    category_id: "",
    name: "",
    locale: "",
    description: "",
    icon: "",
    ...unowned,
    create_time: "",
    update_time: "",
  },
  evolve: {
    CategoryCreated: (_, { categoryId, name, locale, description, icon, owner, ownerPath }, { time }) => ({
      category_id: categoryId,
      name,
      locale,
      description,
      icon,
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
      update_time: time,
    }),
    CategoryModified: (category, { name, locale, description, icon }, { time }) => ({
      ...category,
      name,
      locale,
      description,
      icon,
      update_time: time,
    }),
    CategoryDeleted: () => deleted,
  },
};

export type AttachmentDocument = {
  readonly attachment_id: string;
  readonly filename: string;
  readonly digest: string;
  readonly owner: string;
};

/** The files of categories; and those of applications from before applications kept their own. */
export const attachments: Projection<AttachmentDocument> = {
  name: "attachments",
  version: 2,
  initialState: { attachment_id: "", filename: "", digest: "", owner: "" },
  evolve: {
    AttachmentUploaded: (_, { attachmentId, filename, digest, owner }) => ({ attachment_id: attachmentId, filename, digest, owner }),
  },
};
