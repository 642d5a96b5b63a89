import { readFileSync } from "node:fs";
import { createServer } from "node:https";

// Stands in for a service: HTTPS with required client certificates; ready at the second request.
const { CERT = "", KEY = "", CA = "", PITRIX_PORT } = process.env;
const [cert, key, ca] = [CERT, KEY, CA].map((file) => readFileSync(file));
let requests = 0;
createServer({ ...(cert && key && ca && { cert, key, ca }), requestCert: true, rejectUnauthorized: true }, (_request, response) => {
  requests++;
  response.writeHead(requests > 1 ? 200 : 503).end("soon");
}).listen(Number(PITRIX_PORT), "127.0.0.1");
