import type { ChannelRef, Message } from "@wasl/api";
import { isolate, ltr, useFormat, useHasText, useT } from "@wasl/i18n";
import { ChannelBadge } from "@wasl/ui";
import { ArrowRight } from "lucide-react";
import { useNow } from "../../clock.ts";
import { useChannelName, useNamed } from "../../names.ts";
import { useDispositions } from "../dialogs/codes.ts";

export function Day({ at }: { at: string }) {
  const format = useFormat();
  const now = useNow("minute");
  return (
    <div className="flex items-center gap-3 pt-1 text-xs text-ink-2">
      <span className="h-px grow bg-line" />
      <time dateTime={at}>{format.day(at, now)}</time>
      <span className="h-px grow bg-line" />
    </div>
  );
}

/** The channel changed; interaction, agent and clock did not. */
export function Switch(props: { from: ChannelRef; to: ChannelRef; code: string; at: string }) {
  const { from, to, code, at } = props;
  const t = useT();
  const format = useFormat();
  const kindName = useChannelName();
  // Between two channels of one kind only their own names tell them apart.
  const name = (channel: ChannelRef) =>
    from.kind === to.kind ? channel.name : kindName(channel.kind);
  const label = t("desk.moved_spoken", {
    from: name(from),
    to: name(to),
    code: ltr(code),
    time: format.time(at),
  });
  return (
    <div className="flex items-center gap-2.5 py-0.5 text-xs text-ink-2">
      <span className="sr-only">{label}</span>
      <span className="h-px grow bg-line" />
      <span
        aria-hidden="true"
        className="inline-flex min-h-6.5 max-w-full flex-wrap items-center justify-center gap-1.5 rounded-2xl border border-line bg-surface py-0.5 ps-1 pe-2.5"
      >
        <ChannelBadge kind={from.kind} />
        <ArrowRight size={12} className="icon-flip text-ink-3" />
        <ChannelBadge kind={to.kind} />
        <span className="ms-1 font-medium text-ink">
          {t("desk.moved_to", { channel: name(to) })}
        </span>
        <span className="text-ink-3">·</span>
        <span>{t("desk.same_interaction", { code: ltr(code) })}</span>
        <span className="hidden text-ink-3 sm:inline">·</span>
        <time className="num hidden sm:inline">{format.time(at)}</time>
      </span>
      <span className="h-px grow bg-line" />
    </div>
  );
}

function useActivityText(message: Message): string {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const channelName = useChannelName();
  const named = useNamed();
  const dispositions = useDispositions();
  const { code, params } = message.activity ?? { code: "other", params: {} };
  // A person comes as a name or as {id, name}.
  const text = (name: string): string => {
    const value = params[name];
    if (typeof value === "string") return value;
    if (typeof value === "object" && value && "name" in value) return String(value.name);
    return "";
  };
  const by = isolate(text("by") || t("desk.automatically"));
  const to = isolate(text("to") || text("to_queue") || t("common.someone"));
  switch (code) {
    case "assigned":
      return text("by") && text("by") !== text("to")
        ? t("desk.act_assigned_by", { by, to })
        : t("desk.act_assigned", { to });
    case "status": {
      const id = `desk.act_status_${text("status")}`;
      const until = text("until") ? format.dateTime(text("until")) : "";
      return has(id) ? t(id, { by, until }) : t("desk.act_other", { code });
    }
    case "merged":
      return t("desk.act_merged", { number: ltr(text("number")) });
    case "continued":
      return t("desk.act_continued", { channel: channelName(text("channel")) });
    case "wrap_up": {
      const chosen = dispositions.find((d) => d.code === text("disposition"));
      return chosen
        ? t("desk.act_wrap_up", { disposition: named(chosen.names) })
        : t("desk.act_wrap_up_plain");
    }
    case "bounced":
      return t("desk.act_bounced", { address: ltr(text("address")) });
    case "sla_warned":
    case "sla_breached":
      return t(`desk.act_${code}_${text("target")}`, {
        time: isolate(format.dateTime(text("due_at"))),
      });
    case "rated":
    case "rated_comment": {
      const comment = isolate(text("comment"));
      const id = code === "rated" && text("comment") ? "rated_words" : code;
      const number = (name: string) => format.number(Number(params[name] ?? 0));
      return t(`desk.act_${id}`, { score: number("score"), scale: number("scale"), comment });
    }
    case "joined":
      return t(`desk.act_joined_${text("by") === text("to") ? "self" : text("role")}`, { by, to });
    case "left":
      return t(text("by") === text("to") ? "desk.act_left" : "desk.act_left_by", { by, to });
    case "callback_asked":
    case "callback_unanswered": {
      const until = text("until") ? isolate(format.dateTime(text("until"))) : "";
      const id = code === "callback_asked" && until ? `${code}_until` : code;
      return t(`desk.act_${id}`, { by, to: ltr(text("to")), until });
    }
    case "queued":
      return t("desk.act_queued", { queue: isolate(text("queue")) });
    default:
      return has(`desk.act_${code}`)
        ? t(`desk.act_${code}`, { by, to })
        : t("desk.act_other", { code: ltr(code) });
  }
}

export function Activity({ message }: { message: Message }) {
  const format = useFormat();
  const text = useActivityText(message);
  return (
    <p className="px-6 text-center text-xs text-ink-2">
      {text} <span aria-hidden="true">·</span>{" "}
      <time className="num">{format.time(message.created_at)}</time>
    </p>
  );
}
