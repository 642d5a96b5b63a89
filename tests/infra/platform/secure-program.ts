import { readFileSync } from "node:fs";
import { createServer } from "node:https";

// In the place of a service: HTTPS, for those who show a certificate of the authority only; ready at the second time of asking.
const { CERT = "", KEY = "", CA = "", PITRIX_PORT } = process.env;
const [cert, key, ca] = [CERT, KEY, CA].map((file) => readFileSync(file));
let asked = 0;
createServer({ ...(cert && key && ca && { cert, key, ca }), requestCert: true, rejectUnauthorized: true }, (_request, response) => {
  asked++;
  response.writeHead(asked > 1 ? 200 : 503).end("soon");
}).listen(Number(PITRIX_PORT), "127.0.0.1");
