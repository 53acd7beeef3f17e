/** What few visitors ever open, fetched when it is first wanted (see `parts/extras`). */
export { Agreed } from "./Agreed";
export { CallbackSheet } from "./CallbackSheet";
export { EmailSheet } from "./EmailSheet";
export { Emoji } from "./Emoji";
