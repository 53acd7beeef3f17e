export * from "./react.tsx";
export * from "./scope.ts";
export * from "./socket.ts";
