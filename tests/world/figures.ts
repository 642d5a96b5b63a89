/** A process's figures by name and labels, as Prometheus reads them. */
export const figuresOf = async (url: string): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(new URL("/metrics", url))).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]));
};

/** The first series of a name with these labels. */
export const figure = async (url: string, name: string, labels: Record<string, string> = {}): Promise<number | undefined> => {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const series = [...(await figuresOf(url))];
  return series.find(([each]) => /^[\w:]+/.exec(each)?.[0] === name && wanted.every((label) => each.includes(label)))?.[1];
};
