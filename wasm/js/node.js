// For Node: loaded at once.

import { readFileSync } from "node:fs";
import { initSync } from "./waiaas.js";
import { ready } from "./evaluator.js";

ready(initSync({ module: readFileSync(new URL("./waiaas_bg.wasm", import.meta.url)) }));

export * from "./ENTRY";
