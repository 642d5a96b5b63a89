import { Outage } from "../../../events/index.ts";
import { type Fields, isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { makeProblem } from "./problems.ts";
import type { AskService } from "./service-client.ts";

/** A document of a request, sealed. */
const MAX_BYTES = 512 * 1_024;
const MILLISECONDS = 20_000;

/** Answers the inquiries of other services. */
export const inquiryRoute = ({ inquiries, logger }: Host): InternalRoute => ({
  method: "post",
  path: "/internal/inquiries/:name",
  access: "services",
  bodyLimit: MAX_BYTES,
  answer: async ({ params, body }) => {
    const name = String(params.name);
    try {
      const answer = Object.hasOwn(inquiries, name) && isFields(body) ? await inquiries[name]?.(body) : undefined;
      return answer ?? makeProblem("resource_not_found", name);
    } catch (error) {
      logger.warn({ error, inquiry: name }, "an inquiry could not be answered");
      return { [FAILED]: true };
    }
  },
});
/** An answer like any other to the breaker of the inquiry, which all share: one API server that is down is no reason to ask no other one. */
const FAILED = "inquiry_failed";

class NothingKnown extends Error {}

/** Inquires of another service; undefined if it knows nothing of it. */
export type Inquire = (service: string, name: string, fields: Fields) => Promise<Fields | undefined>;
export const inquirer =
  (ask: AskService): Inquire =>
  async (service, name, fields) => {
    try {
      return await ask({
        service,
        path: `/internal/inquiries/${name}`,
        about: `inquiry ${name}`,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(fields),
        milliseconds: MILLISECONDS,
        read: ({ status, body }, url): Fields => {
          if (status === 404) throw new NothingKnown(url);
          if (status !== 200) throw new Error(`${url} answered ${status}`);
          const answer: Fields = JSON.parse(new TextDecoder().decode(body));
          if (FAILED in answer) throw new Error(`${url} could not answer`);
          return answer;
        },
      });
    } catch (cause) {
      const answers: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [];
      if (answers.length > 0 && answers.every((each) => each instanceof NothingKnown)) return undefined;
      throw new Outage(`service ${service} does not answer`, { cause });
    }
  };
