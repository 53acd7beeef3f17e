import { describe, expect, it } from "vitest";
import {
  addressOf,
  type Mail,
  nameOf,
  replySubject,
  splitQuote,
  threadsOf,
} from "../src/other-side/mail";

const mail = (id: string, subject: string, date: string): Mail => ({
  id,
  folder: "inbox",
  from: "",
  to: "",
  reply_to: "",
  subject,
  date,
  text: "",
  html_url: null,
  message_id: `<${id}>`,
  attachments: [],
});

describe("the contact’s mailbox", () => {
  it("reads names and addresses", () => {
    expect(nameOf('"Daniel from Naranj" <help@naranj.example>')).toBe("Daniel from Naranj");
    expect(nameOf("help@naranj.example")).toBe("help@naranj.example");
    expect(addressOf("Daniel <help@naranj.example>")).toBe("help@naranj.example");
  });

  it("answers with one prefix, in whatever language the last one was", () => {
    expect(replySubject("Re: پاسخ: RE: Order")).toBe("Re: Order");
  });

  it("puts mails about one thing together, the newest thread first", () => {
    const threads = threadsOf([
      mail("1", "Order", "2026-01-01"),
      mail("2", "Invoice", "2026-01-02"),
      mail("3", "Re: order", "2026-01-03"),
    ]);
    expect(threads.map((thread) => thread.mails.map((one) => one.id))).toEqual([["1", "3"], ["2"]]);
  });

  it("folds the quote with the line that announces it", () => {
    expect(splitQuote("Thanks.\n\nOn Friday Daniel wrote:\n> Hello\n> there\n")).toEqual({
      said: "Thanks.",
      quoted: "On Friday Daniel wrote:\nHello\nthere",
    });
    expect(splitQuote("No quote:\nat all")).toEqual({ said: "No quote:\nat all", quoted: "" });
  });
});
