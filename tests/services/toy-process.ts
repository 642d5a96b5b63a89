import { main } from "../../services/chassis/main.ts";
import { listWithToy } from "../world/toys/toy.ts";

/** Run as a program: the platform's composition root, with a toy in its list. */
main(listWithToy, process.argv.slice(2));
