/** The demo's own doors: its pages and the mailbox of each demo contact. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const exp = 4_000_000_000;
const identities = [
  {
    id: "sara",
    name: "Sara Mansouri",
    email: "sara@mail.example",
    exp,
    signature: "ok",
    locale: "en",
  },
  { id: "reza", name: "رضا کریمی", email: "reza@mail.example", exp, signature: "ok", locale: "fa" },
  {
    id: "noura",
    name: "نورة القحطاني",
    email: "noura@mail.example",
    exp,
    signature: "ok",
    locale: "ar",
  },
];
const demo = {
  channel: "shop",
  identities,
  support_email: "help@naranj.example",
  desk_url: "/mock-desk",
};

const mails = new Map();
const listeners = new Map();
let numbers = 0;

function keep(who, mail) {
  const item = {
    id: String(++numbers),
    html_url: null,
    message_id: `<${numbers}@mail.example>`,
    date: new Date().toISOString(),
    attachments: [],
    ...mail,
  };
  if (!mails.has(who)) mails.set(who, []);
  mails.get(who).unshift(item);
  for (const response of listeners.get(who) ?? [])
    response.write(`event: mail\ndata: ${JSON.stringify({ id: item.id })}\n\n`);
  return item;
}

keep("sara", {
  folder: "sent",
  from: "Sara Mansouri <sara@mail.example>",
  to: "help@naranj.example",
  subject: "Order A-20418",
  text: "Hi, I got the “delivered” e-mail but nothing is here.",
  date: new Date(Date.now() - 86_400_000).toISOString(),
});
keep("sara", {
  folder: "inbox",
  from: "Daniel from Naranj <help@naranj.example>",
  to: "sara@mail.example",
  subject: "Re: Order A-20418",
  text: "Dear Sara,\n\nI found the parcel at the depot and booked a new delivery for today, 16:00–18:00. It costs you nothing.\n\nBest regards,\nDaniel Roth\n\n> Hi, I got the “delivered” e-mail but nothing is here.",
  attachments: [{ name: "RX-7781.pdf", size: 84_000, url: "/demo/mail/attachment" }],
});

export async function demoRoutes(request, response, url, { built, bodyOf, answer }) {
  const { pathname } = url;
  const page = { "/demo/shop": "shop.html", "/demo/other-side": "other-side.html" }[pathname];
  if (page) {
    const html = readFileSync(join(built, "demo", page), "utf8");
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(
      html.replace(
        /(<script type="application\/json" id="demo">)[^<]*/,
        `$1${JSON.stringify(demo)}`,
      ),
    );
    return true;
  }
  if (pathname === "/mock-desk") {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(
      '<!doctype html><title>Desk</title><body style="font:14px system-ui;color:#555;display:grid;place-items:center;height:100vh;margin:0">Desk',
    );
    return true;
  }
  const who = url.searchParams.get("who");
  if (pathname === "/demo/mail/events") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(": here\n\n");
    if (!listeners.has(who)) listeners.set(who, new Set());
    listeners.get(who).add(response);
    request.on("close", () => listeners.get(who).delete(response));
    return true;
  }
  if (pathname === "/demo/mail" && request.method === "GET") {
    answer(response, 200, { items: mails.get(who) ?? [], next: null });
    return true;
  }
  if (pathname === "/demo/mail" && request.method === "POST") {
    const sent = JSON.parse(await bodyOf(request));
    const from = identities.find((one) => one.id === sent.who);
    keep(sent.who, {
      folder: "sent",
      from: `${from.name} <${from.email}>`,
      to: sent.to,
      subject: sent.subject,
      text: sent.text,
      attachments: (sent.attachments ?? []).map((a) => ({
        name: a.name,
        size: Math.floor(a.base64.length * 0.75),
        url: "#",
      })),
    });
    answer(response, 202, {});
    return true;
  }
  return false;
}
