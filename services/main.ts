import { main } from "./chassis/main.ts";
import { services } from "./index.ts";

main(services, process.argv.slice(2));
