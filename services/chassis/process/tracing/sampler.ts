import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import type { Config } from "../config.ts";

export type Sampling = { readonly sampler: Config["sampler"]; readonly ratio: number };

/** The samplers that OpenTelemetry defines for OTEL_TRACES_SAMPLER. Parent-based samplers follow the parent's decision if there is one. */
export const samplerOf = ({ sampler, ratio }: Sampling): Sampler => {
  const root = { always_on: new AlwaysOnSampler(), always_off: new AlwaysOffSampler(), traceidratio: new TraceIdRatioBasedSampler(ratio) };
  switch (sampler) {
    case "parentbased_always_on":
      return new ParentBasedSampler({ root: root.always_on });
    case "parentbased_always_off":
      return new ParentBasedSampler({ root: root.always_off });
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: root.traceidratio });
    default:
      return root[sampler];
  }
};
