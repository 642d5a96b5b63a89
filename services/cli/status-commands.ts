import type { Command } from "commander";
import { groupOf } from "../../events/index.ts";
import { contract } from "../chassis/contract.ts";
import { exitCodes } from "../chassis/operator/failure.ts";
import { operatorOf } from "./choose.ts";
import type { Platform } from "./connection.ts";
import type { Shell } from "./shell.ts";
import { groupsTable, lagTable, servicesTable, statusText, topicsTable } from "./status-text.ts";

const WRONG = "\nEnds with 1 if something is wrong, so that scripts and cron jobs can ask.\n";

/** Adds the commands that show how the platform is: `pitrix status`, `services`, `lag`, `groups` and `topics`. */
export const addStatus = (pitrix: Command, { terminal, paint, signal, print, on }: Shell): void => {
  const statusOf = async (platform: Platform, service?: string) => {
    const { services, problems } = await operatorOf(platform).status(service);
    return { services, problems };
  };
  const told = (wrong: boolean): void => {
    if (wrong) terminal.exit(exitCodes.failed);
  };

  pitrix
    .command("status")
    .description(
      "show on one screen what is wrong, and how each service is: instances, lag, parked streams, what is due, open breakers, rebuilds",
    )
    .addHelpText("after", `${WRONG}\nExamples:\n  pitrix status\n  pitrix status --json | jq -r '.problems[]'`)
    .action(() =>
      on(async (platform) => {
        const status = await statusOf(platform);
        print(status, () => statusText(status, paint, Date.now()));
        told(status.problems.length > 0);
      }),
    );
  pitrix
    .command("services")
    .description("list running instances, their health, the lag of their subscriptions, and the number of parked streams")
    .addHelpText("after", "\nExample:\n  pitrix services --json | jq '.services[].subscriptions[] | select(.lag > 0)'")
    .action(() =>
      on(async (platform) => {
        const { services } = await statusOf(platform);
        print({ services }, () => servicesTable(services, paint, Date.now()));
        told(services.some(({ instances }) => instances.some(({ state }) => state !== "ready")));
      }),
    );
  pitrix
    .command("lag")
    .description("show how far each read model, and the reactions of each service, are behind the log")
    .argument("[service]", "only this service")
    .addHelpText(
      "after",
      `${WRONG}A minute behind, or a partition that nobody reads, is wrong.\n\nExamples:\n  pitrix lag\n  pitrix lag cluster --json`,
    )
    .action((service?: string) =>
      on(async (platform) => {
        const { services } = await statusOf(platform, service);
        print({ services: services.map(({ service: name, subscriptions }) => ({ service: name, subscriptions })) }, () =>
          lagTable(services, paint),
        );
        const all = services.flatMap(({ subscriptions }) => subscriptions);
        told(all.some(({ lag, behindSeconds, unread }) => lag === null || (behindSeconds ?? 0) > 60 || unread.length > 0));
      }),
    );
  pitrix
    .command("groups")
    .description("show which instance reads which partitions in each consumer group, and partitions that nobody reads")
    .argument("[service]", "only this service")
    .addHelpText("after", `${WRONG}\nExamples:\n  pitrix groups\n  pitrix groups cluster`)
    .action((service?: string) =>
      on(async (platform) => {
        const { services } = await statusOf(platform, service);
        const named = (name: string, subscription: string): string => groupOf(contract, name, subscription);
        const groups = services.flatMap(({ service: name, subscriptions }) =>
          subscriptions.map(({ name: subscription, members, unread }) => ({ group: named(name, subscription), members, unread })),
        );
        print({ groups }, () => groupsTable(services, named, paint));
        told(groups.some(({ unread }) => unread.length > 0));
      }),
    );
  pitrix
    .command("topics")
    .description(
      "list the topics of events: who announces and who reads them, how many records they hold, and whether one is missing or cut",
    )
    .addHelpText(
      "after",
      `${WRONG}A topic is made when its service starts for the first time.\n\nExample:\n  pitrix topics --json | jq '.topics[] | select(.partitions == 0)'`,
    )
    .action(() =>
      on(async (platform) => {
        const topics = await operatorOf(platform).inspect({ inspection: "topics" }, () => {}, signal);
        print({ topics }, () => topicsTable(topics, paint));
        told(topics.some(({ partitions, removed }) => partitions === 0 || removed > 0));
      }),
    );
};
