/** The display name of a version, also its name in the app catalogue: `1.1.0 [2.0]`. */
export const versionName = (version: string, appVersion: string): string => (appVersion === "" ? version : `${version} [${appVersion}]`);

/** Semantic version precedence; other texts sort below all semantic versions, by their characters. */
export const compareVersions = (left: string, right: string): number => {
  const a = parse(left);
  const b = parse(right);
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined) || compareText(left, right);
  return compareLists(a.core, b.core, compareNumbers) || comparePreReleases(a.preRelease, b.preRelease);
};

/** Whether helm takes this for a version. */
export const isVersion = (version: string): boolean => parse(version) !== undefined;

/** Characters of the longest semantic version; comparing numbers of any length would take time that is not linear. */
const LENGTH = 255;
const pattern = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

const parse = (version: string) => {
  const match = version.length > LENGTH ? null : pattern.exec(version);
  if (match === null) return undefined;
  const [, major = "0", minor = "0", patch = "0", preRelease] = match;
  return { core: [major, minor, patch], preRelease: preRelease?.split(".") ?? [] };
};

const comparePreReleases = (a: readonly string[], b: readonly string[]): number => {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  return compareLists(a, b, (x, y) => {
    const numeric = [x, y].map((part) => /^\d+$/.test(part));
    if (numeric[0] && numeric[1]) return compareNumbers(x, y);
    return numeric[0] === numeric[1] ? compareText(x, y) : numeric[0] ? -1 : 1;
  });
};

const compareLists = (a: readonly string[], b: readonly string[], compare: (x: string, y: string) => number): number => {
  for (const [index, x] of a.entries()) {
    const y = b[index];
    if (y === undefined) return 1;
    const order = compare(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

/** Compares digits of any length: a timestamp as version number exceeds the precision of a double. */
const compareNumbers = (x: string, y: string): number => {
  const [a, b] = [BigInt(x), BigInt(y)];
  return a < b ? -1 : Number(a > b);
};

const compareText = (x: string, y: string): number => (x < y ? -1 : Number(x > y));
