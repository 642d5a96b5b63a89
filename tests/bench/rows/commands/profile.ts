import { mkdirSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";

// Imported before a subject's own program: what `--cpu-prof` does, which Node takes from no environment. From SIGUSR2 to the end of the process.
const directory = process.env.BENCH_PROFILES ?? ".";
const session = new Session();
session.connect();
process.once("SIGUSR2", () => {
  session.post("Profiler.enable");
  session.post("Profiler.setSamplingInterval", { interval: 500 });
  session.post("Profiler.start");
  process.once("exit", () =>
    session.post("Profiler.stop", (_error, { profile }) => {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, `${process.argv[2] ?? "script"}-${process.pid}.cpuprofile`), JSON.stringify(profile));
    }),
  );
});
