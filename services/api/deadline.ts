/** A timer that is later than this was held up by its own process. */
const HELD_UP = 100;

/** A timer that can be started again. What arrived while this process was too busy to read it is in time. */
export const deadline = (passed: () => void) => {
  let timer: NodeJS.Timeout | undefined;
  let round = 0;
  const stop = (): void => {
    clearTimeout(timer);
    round++;
  };
  const start = (milliseconds: number, mayExtend = true): void => {
    stop();
    const mine = round;
    const due = performance.now() + milliseconds;
    timer = setTimeout(() => {
      if (mayExtend && performance.now() - due > HELD_UP) return start(milliseconds, false);
      // After its timers Node reads what the network brought; only then has the deadline passed.
      setImmediate(() => {
        if (mine === round) passed();
      });
    }, milliseconds);
  };
  return { start: (milliseconds: number): void => start(milliseconds), stop };
};
