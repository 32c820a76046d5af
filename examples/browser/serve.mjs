// Serves this folder, with the built package under /waiaas: `node examples/browser/serve.mjs [port]`.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, sep } from "node:path";
import { fileURLToPath } from "node:url";

const PAGE = fileURLToPath(new URL("./", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../target/npm/waiaas/", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const [folder, rest] = path.startsWith("/waiaas/") ? [PACKAGE, path.slice(8)] : [PAGE, path.slice(1) || "index.html"];
  const file = folder + rest;
  const inside = !rest.split(/[/\\]/).includes("..") && file.startsWith(folder.replace(/[/\\]$/, sep));
  if (!inside || !(await stat(file).catch(() => null))?.isFile()) return response.writeHead(404).end("not here");
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" });
  createReadStream(file).pipe(response);
});

server.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
