import type { Decider } from "../../../events/index.ts";
import type { AttachmentEvent, AttachmentUploaded } from "../../../schemas/generated/events.ts";

export type AttachmentCommand = Omit<AttachmentUploaded, "type"> & { readonly type: "UploadAttachment" };

export type Attachment = { readonly status: "absent" | "there" };

/** A file that belongs to a category. It is immutable: new content is a new attachment. Applications keep their files themselves. */
export const attachment: Decider<AttachmentCommand, AttachmentEvent, Attachment> = {
  key: "attachmentId",
  initialState: { status: "absent" },

  decide: {
    UploadAttachment: (upload, { status }) => (status === "absent" ? [{ ...upload, type: "AttachmentUploaded" }] : []),
  },

  evolve: {
    AttachmentUploaded: () => ({ status: "there" }),
  },
};
