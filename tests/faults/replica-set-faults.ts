import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../eventually.ts";
import type { Field } from "./run.ts";

/** How long a set is without a majority: longer than it takes until the node that is left gives up taking writes. */
const LOST = 6_000;

const primaryOf = ({ fixture }: Field): Promise<number> => eventually("a node takes writes", fixture.store.primary);

/** kill -9 of the node that takes writes; it comes back while another one does. */
export const killPrimary = async (field: Field): Promise<void> => {
  const { fixture, struck } = field;
  const primary = await primaryOf(field);
  await fixture.store.kill(primary);
  struck(`kill -9 node ${primary}, which took writes`);
  await fixture.store.restart(primary);
};

/** Another node takes the writes, in the middle of them. */
export const stepDown = async (field: Field): Promise<void> => {
  const { fixture, struck } = field;
  const primary = await primaryOf(field);
  await fixture.store.stepDown();
  struck(`node ${primary} stepped down`);
  await eventually("another node takes writes", async () => (await primaryOf(field)) !== primary);
};

/** kill -9 of two nodes of three, by turns with and without the one that takes writes; both come back when nobody has taken writes for a while. */
export const loseMajority = async (field: Field, nth: number): Promise<void> => {
  const { fixture, struck } = field;
  const primary = await primaryOf(field);
  const others = [1, 2, 3].filter((node) => node !== primary);
  const lost = nth % 2 === 0 ? others : [primary, ...others.slice(1)];
  await Promise.all(lost.map((node) => fixture.store.kill(node)));
  struck(`kill -9 nodes ${lost.join(" and ")}, node ${primary} took writes`);
  await pause(LOST);
  await Promise.all(lost.map((node) => fixture.store.restart(node)));
};

/** Faults of this kind run one at a time: with two of three gone nothing may be acknowledged, which is another strike. */
export const oneAtATime = (injectFault: (field: Field, nth: number) => Promise<void>) => {
  let turn = Promise.resolve();
  return (field: Field, nth: number): Promise<void> => {
    turn = turn.then(() => injectFault(field, nth));
    return turn;
  };
};
