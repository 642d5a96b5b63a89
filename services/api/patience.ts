/** Late by more than this, it was this process that slept. */
const SLEPT = 100;

/** A timer that can be begun again. What arrived while this process was too busy to look is not late. */
export const patience = (late: () => void) => {
  let timer: NodeJS.Timeout | undefined;
  let round = 0;
  const end = (): void => {
    clearTimeout(timer);
    round++;
  };
  const begin = (milliseconds: number, again = true): void => {
    end();
    const mine = round;
    const due = performance.now() + milliseconds;
    timer = setTimeout(() => {
      if (again && performance.now() - due > SLEPT) return begin(milliseconds, false);
      // After the timers, what the network brought is read; only then is it late.
      setImmediate(() => {
        if (mine === round) late();
      });
    }, milliseconds);
  };
  return { begin: (milliseconds: number): void => begin(milliseconds), end };
};
