// For bundlers that know `new URL(…, import.meta.url)`, and for browsers without one: loaded when it is imported.

import init from "./waiaas.js";
import { ready } from "./evaluator.js";

ready(await init({ module_or_path: new URL("./waiaas_bg.wasm", import.meta.url) }));

export * from "./ENTRY";
