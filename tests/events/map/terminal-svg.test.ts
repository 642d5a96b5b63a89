import assert from "node:assert/strict";
import { test } from "node:test";
import { terminalSvg } from "../../../events/map/index.ts";

test("output of a terminal is drawn with its colours, and of a line that was written anew its last state", () => {
  const svg = terminalSvg("a <title>", "\u001b[32mequal\u001b[0m  a & b\n\r\u001b[K[==  ] 40 %\r\u001b[K\u001b[1mdone\u001b[0m\n");
  assert.match(svg, /^<svg [^>]*viewBox="0 0 \d+ \d+"/);
  assert.match(svg, /<title>a &lt;title&gt;<\/title>/);
  assert.match(svg, /<tspan fill="#56d364">equal<\/tspan><tspan fill="#e6edf3"> {2}a &amp; b<\/tspan>/);
  assert.match(svg, /<tspan fill="#e6edf3" font-weight="600">done<\/tspan>/);
  assert.ok(!svg.includes("40 %") && !svg.includes("\u001b"));
});
