/** Loads the module: from `source`, else from beside the package's own files. Nothing works before. */
export function init(source?: URL | string | Response | BufferSource | WebAssembly.Module): Promise<void>;
export * from "./ENTRY";
