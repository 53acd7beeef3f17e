import type { FlowCard, FlowOutput } from "@wasl/api";

/** What is said as the play's channel shows it, else as a chat with buttons and cards does. */
export function shownOf(output: FlowOutput | undefined): {
  text: string;
  choices: readonly string[];
  card: FlowCard | null;
} {
  const { text = "", choices = [], card = null } = output?.shown ?? output ?? {};
  return { text, choices, card };
}
