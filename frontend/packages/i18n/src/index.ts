export * from "./format.ts";
export * from "./isolate.ts";
export * from "./locale.ts";
export * from "./messages.ts";
export * from "./provider.tsx";
