import express from "express";
import { main } from "../../../services/chassis/main.ts";
import type { Logger } from "../../../services/chassis/process/logging.ts";
import type { Service } from "../../../services/chassis/service.ts";
import { example } from "../../world/toys/example.ts";

/** Run as a program: a service whose effect hears nothing of the end in its first life, and is done at once in the second. */
const [, , life = "first"] = process.argv;
const { category } = example.aggregates;
if (!category) throw new Error("the example has no categories");

type Outside = { readonly logger: Logger };
const run = async ({ categoryId }: { categoryId: string }, { outside: { logger } }: { readonly outside: Outside }) => {
  logger.info({ categoryId }, "the effect begins");
  if (life === "first") await new Promise(() => {});
  return { type: "RenameCategory", categoryId, name: "renamed" };
};

const stopping: Service<Outside> = {
  ...example,
  name: "stopping",
  aggregates: { category: { ...category, effects: { CategoryCreated: { ends: ["RenameCategory"], run } } } },
  outside: async () => ({
    open: async ({ logger, clock }) => ({
      outside: { logger },
      routes: ({ instance }) =>
        express()
          .post("/make", async (_request, response) => {
            const categoryId = `ctg-${process.pid}`;
            const fields = { name: "one", locale: "{}", description: "", icon: "", owner: "usr-1", ownerPath: ":usr-1" };
            const command = { type: "CreateCategory", categoryId, ...fields };
            const because = { cause: null, row: "test", actor: { userId: "usr-1", ownerPath: "" }, correlationId: "r-1" };
            await instance.execute(command, { ...because, causationId: null, actionId: null, traceparent: null, hops: 0 });
            response.json({ stream: `category/${categoryId}` });
          })
          // Under way when the process is told to end, and for some time after.
          .get("/slow", async (_request, response) => {
            response.writeHead(200, { "content-type": "text/plain" }).flushHeaders();
            await new Promise((told) => process.once("SIGTERM", told));
            await clock.sleep(1_500);
            response.end("all of it");
          }),
    }),
  }),
};

main({ stopping: async () => stopping }, ["stopping"]);
