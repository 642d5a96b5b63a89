import { type MeasureInput, measure } from "./measure.ts";

const input: MeasureInput = JSON.parse(process.env.BENCH_INPUT ?? "{}");
console.log(JSON.stringify(await measure(input)));
