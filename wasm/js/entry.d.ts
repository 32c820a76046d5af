export * from "./ENTRY";
