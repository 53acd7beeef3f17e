/** What an open conversation shows seldom: fetched when it does. */
export { BesideBar } from "./beside.tsx";
export { CallbackBar } from "./callback.tsx";
export { AskInDialog } from "./dialogs/ask-in.tsx";
export { CallbackDialog } from "./dialogs/callback.tsx";
