// For programs that load the module by themselves: nothing works before `init` has.

import start from "./waiaas.js";
import { ready } from "./evaluator.js";

/// Loads the module: from `source` (a URL, a `Response`, bytes or a compiled module), else from beside this file.
export async function init(source = new URL("./waiaas_bg.wasm", import.meta.url)) {
  ready(await start({ module_or_path: source }));
}

export * from "./ENTRY";
