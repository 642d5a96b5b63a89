/** Stands for a port where tables are only looked at: it may be passed on and taken apart, and throws as soon as it is used. */
export const unplugged = <Port extends object>(name = "port"): Port =>
  new Proxy(() => {}, {
    get: (_, property) => {
      if (typeof property === "symbol" || property === "then") return undefined;
      return unplugged(`${name}.${property}`);
    },
    apply: () => {
      throw new Error(`${name} is not plugged in: tables are looked at here, and nothing runs`);
    },
    construct: () => {
      throw new Error(`${name} is not plugged in: tables are looked at here, and nothing runs`);
    },
  }) as unknown as Port; // Only its shape is asked for.
