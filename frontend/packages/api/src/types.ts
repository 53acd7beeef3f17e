/** The shapes of the HTTP contract. Times are ISO-8601 UTC, ids UUIDs, money in minor units. */
export * from "./types/accounts.ts";
export * from "./types/base.ts";
export * from "./types/channels.ts";
export * from "./types/contacts.ts";
export * from "./types/conversations.ts";
export * from "./types/flows.ts";
export * from "./types/routing.ts";
export * from "./types/simulation.ts";
export * from "./types/wallboard.ts";
