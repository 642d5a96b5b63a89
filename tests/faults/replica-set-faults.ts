import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../eventually.ts";
import type { Field } from "./run.ts";

/** How long the set has no majority, in milliseconds: longer than the last node needs to step down. */
const LOST = 6_000;

const primaryOf = ({ fixture }: Field): Promise<number> => eventually("a primary is elected", fixture.store.primary);

/** Kills the primary and starts it again while another node is primary. */
export const killPrimary = async (field: Field): Promise<void> => {
  const { fixture, struck } = field;
  const primary = await primaryOf(field);
  await fixture.store.kill(primary);
  struck(`kill -9 primary, node ${primary}`);
  await fixture.store.restart(primary);
};

/** Makes the primary step down in the middle of writes. */
export const stepDown = async (field: Field): Promise<void> => {
  const { fixture, struck } = field;
  const primary = await primaryOf(field);
  await fixture.store.stepDown();
  struck(`node ${primary} stepped down`);
  await eventually("another node is primary", async () => (await primaryOf(field)) !== primary);
};

/** Kills two nodes of three, in turns with and without the primary, and starts them again after a while without a primary. */
export const loseMajority = async (field: Field, nth: number): Promise<void> => {
  const { fixture, struck } = field;
  const primary = await primaryOf(field);
  const others = [1, 2, 3].filter((node) => node !== primary);
  const lost = nth % 2 === 0 ? others : [primary, ...others.slice(1)];
  await Promise.all(lost.map((node) => fixture.store.kill(node)));
  struck(`kill -9 nodes ${lost.join(" and ")}, primary was node ${primary}`);
  await pause(LOST);
  await Promise.all(lost.map((node) => fixture.store.restart(node)));
};

/** Runs such faults one at a time: two at once would leave no majority, which is a fault of its own. */
export const oneAtATime = (injectFault: (field: Field, nth: number) => Promise<void>) => {
  let turn = Promise.resolve();
  return (field: Field, nth: number): Promise<void> => {
    turn = turn.then(() => injectFault(field, nth));
    return turn;
  };
};
