import { fileURLToPath } from "node:url";

const fileOf = (name: string): string => fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`));

/** Swagger UI, which reads the contract and calls its operations with a token that somebody enters. All of it comes from the gateway. */
export const swagger = {
  /** Its styles are partly in its elements, and its pictures in its styles. */
  policy:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  files: { "swagger-ui.css": fileOf("swagger-ui.css"), "swagger-ui-bundle.js": fileOf("swagger-ui-bundle.js") },
} as const;

export const swaggerPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pitrix: the operations</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="contract"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** A file of its own, since no script in a page runs. The token is kept until the page is closed. */
export const swaggerStart = `SwaggerUIBundle({
  url: "/v1/openapi.json",
  dom_id: "#contract",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;
