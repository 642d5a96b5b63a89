import type { RuntimeCommand, RuntimeCredentialCommand } from "../../../services/runtime/domain.ts";
import { sealedText } from "../../sealed.ts";
import type { Row } from "./row.ts";

export const runtimeRows: readonly Row<RuntimeCommand | RuntimeCredentialCommand>[] = [
  [
    4,
    ({ below }, number, owner) => ({
      type: "CreateRuntimeCredential",
      runtimeCredentialId: `rc-${below(4)}`,
      ...{
        name: `credential ${number}`,
        description: "",
        provider: "local",
        runtimeUrl: "",
        sealedContent: sealedText(`sealed ${number}`),
        debug: false,
      },
      ...owner,
    }),
  ],
  [
    6,
    ({ below, happens }, number) => ({
      type: "ModifyRuntimeCredential",
      runtimeCredentialId: `rc-${below(4)}`,
      name: happens(0.5) ? `credential ${number}` : undefined,
      description: undefined,
      sealedContent: happens(0.6) ? sealedText(`sealed ${number}`) : undefined,
    }),
  ],
  [1, ({ below }) => ({ type: "DeleteRuntimeCredential", runtimeCredentialId: `rc-${below(4)}` })],
  [
    4,
    ({ below }, number, owner) => ({
      type: "CreateRuntime",
      runtimeId: `rt-${below(4)}`,
      ...{
        name: `runtime ${number}`,
        description: "",
        provider: "local",
        zone: "local",
        runtimeCredentialId: `rc-${below(4)}`,
        debug: false,
      },
      ...owner,
    }),
  ],
  [
    3,
    ({ below, happens }, number) => ({
      type: "ModifyRuntime",
      runtimeId: `rt-${below(4)}`,
      name: happens(0.5) ? `runtime ${number}` : undefined,
      description: undefined,
      runtimeCredentialId: happens(0.5) ? `rc-${below(4)}` : undefined,
    }),
  ],
  [1, ({ below, happens }) => ({ type: "DeleteRuntime", runtimeId: `rt-${below(4)}`, force: happens(0.3) })],
];
