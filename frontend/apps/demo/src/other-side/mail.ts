/** A demo contact's mailbox, over the demo's own doors. */

export interface MailAttachment {
  name: string;
  size: number;
  url: string;
}

export interface Mail {
  id: string;
  folder: "inbox" | "sent";
  /** As in the header: `Name <address>` or an address alone. */
  from: string;
  to: string;
  /** Where an answer goes, if not to `from`. */
  reply_to: string;
  subject: string;
  date: string;
  text: string;
  html_url: string | null;
  message_id: string;
  attachments: MailAttachment[];
}

export interface Outgoing {
  to: string;
  subject: string;
  text: string;
  in_reply_to?: string;
  references?: string[];
  attachments: { name: string; content_type: string; base64: string }[];
}

export interface Thread {
  key: string;
  subject: string;
  /** Oldest first. */
  mails: Mail[];
}

const PREFIX = /^(?:\s*(?:re|aw|fw|fwd|پاسخ|رد)\s*[::]\s*)+/i;

export const bareSubject = (subject: string) => subject.replace(PREFIX, "").trim();
export const replySubject = (subject: string) => `Re: ${bareSubject(subject)}`;

export function nameOf(address: string): string {
  const named = /^\s*"?([^"<]*?)"?\s*<[^>]*>\s*$/.exec(address)?.[1];
  return named || addressOf(address);
}

export const addressOf = (address: string) => /<([^>]+)>/.exec(address)?.[1] ?? address.trim();

/** Mails by what they are about, the one with the newest mail first. */
export function threadsOf(mails: readonly Mail[]): Thread[] {
  const threads = new Map<string, Thread>();
  for (const mail of [...mails].sort((a, b) => a.date.localeCompare(b.date))) {
    const subject = bareSubject(mail.subject);
    const key = subject.toLowerCase();
    const thread = threads.get(key) ?? { key, subject, mails: [] };
    thread.mails.push(mail);
    threads.set(key, thread);
  }
  const newest = (thread: Thread) => thread.mails.at(-1)?.date ?? "";
  return [...threads.values()].sort((a, b) => newest(b).localeCompare(newest(a)));
}

/** What was written, and the quote below it that a reader folds away. */
export function splitQuote(text: string): { said: string; quoted: string } {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  let at = lines.length;
  while (at > 0 && /^(>.*|\s*)$/.test(lines[at - 1] ?? "")) at--;
  if (!lines.slice(at).some((line) => line.startsWith(">")))
    return { said: text.trim(), quoted: "" };
  // "On … wrote:" belongs to the quote.
  if (/[::]\s*$/.test(lines[at - 1] ?? "")) at--;
  return {
    said: lines.slice(0, at).join("\n").trim(),
    quoted: lines
      .slice(at)
      .map((line) => line.replace(/^>\s?/, ""))
      .join("\n")
      .trim(),
  };
}

export async function fetchMails(who: string): Promise<Mail[]> {
  const response = await fetch(`/demo/mail?who=${encodeURIComponent(who)}`);
  if (!response.ok) throw new Error(`mail: ${response.status}`);
  return ((await response.json()) as { items: Mail[] }).items;
}

export async function sendMail(who: string, mail: Outgoing): Promise<void> {
  const response = await fetch("/demo/mail", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ who, ...mail }),
  });
  if (!response.ok) throw new Error(`mail: ${response.status}`);
}

/** Calls back for each new mail, and after every reconnection; returns how to stop. */
export function watchMail(who: string, onNew: () => void): () => void {
  const events = new EventSource(`/demo/mail/events?who=${encodeURIComponent(who)}`);
  events.addEventListener("mail", onNew);
  events.addEventListener("open", onNew);
  return () => events.close();
}

export function readBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}
