import { kind } from "../../events/memory/fate.ts";
import { systemClock } from "../../services/chassis/process/clock.ts";
import { example } from "../world/toys/example.ts";
import { served } from "../world/world.ts";

// A service over HTTP whose store takes half a second for everything, until its parent says otherwise.
const world = await served(example);
let milliseconds = 500;
world.fate.before = async (call) => {
  if (/^(documents|store)\.(get|read|find|append|write)/.test(call)) await systemClock.sleep(milliseconds);
  return kind.before(call);
};
process.on("message", () => {
  milliseconds = 0;
});
process.once("disconnect", () => process.exit(1));
process.send?.({ url: world.of().url, token: await world.token("system", 3_600) });
