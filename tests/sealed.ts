export { sealedText } from "../services/cli/samples.ts";
