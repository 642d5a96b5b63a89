import { type MeasureInput, measure } from "./measure.ts";

const input: MeasureInput = JSON.parse(process.argv[2] ?? "{}");
console.log(JSON.stringify(await measure(input)));
