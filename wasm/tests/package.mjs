// Where the built package is.

export const folder = new URL("../../target/npm/waiaas/", import.meta.url);
export const load = (file) => import(new URL(file, folder));
