import { setting, text } from "../../../services/chassis/process/setting.ts";
import type { Service, ServiceList } from "../../../services/chassis/service.ts";
import { services } from "../../../services/index.ts";
import { example } from "./example.ts";

type Outside = { readonly prefix: string };
const settings = { prefix: setting("PITRIX_TOY_PREFIX", "What the names of the toy's categories begin with", "a text", "toy", text) };

/** A service as anybody would add one: it makes a category of each group of users. */
export const toy: Service<Outside, typeof settings> = {
  ...example,
  name: "toy",
  reactions: {
    GroupCreated: {
      issues: "CreateCategory",
      given: ({ groupId, name, owner, ownerPath }) => ({
        ...{ categoryId: `toy-${groupId}`, name: `${name} ${groupId}`, locale: "{}", description: "", icon: "", owner, ownerPath },
      }),
    },
  },
  settings,
  outside: async () => ({ open: async ({ settings: { prefix } }) => ({ outside: { prefix } }) }),
};

/** The platform's list with one line more. */
export const listWithToy: ServiceList = { ...services, toy: async () => toy };
