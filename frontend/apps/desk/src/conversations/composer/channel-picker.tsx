import type { ReplyOption } from "@wasl/api";
import { ltr, useHasText, useT } from "@wasl/i18n";
import { ChannelBadge, Ltr, Popover } from "@wasl/ui";
import { clsx } from "clsx";
import { Ban, Check, ChevronDown } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { Button } from "react-aria-components";
import { isReadable, useChannelName } from "../../names.ts";

interface Props {
  options: ReplyOption[];
  chosen: ReplyOption | null;
  code: string;
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
  onChoose: (option: ReplyOption) => void;
}

/**
 * Which channels may be used now and why. The server decides; forbidden ones stay listed and take
 * focus, so that their reason is read out, but can't be chosen.
 */
export function ChannelPicker({ options, chosen, code, isOpen, onOpenChange, onChoose }: Props) {
  const t = useT();
  const has = useHasText();
  const name = useChannelName();
  const list = useRef<HTMLDivElement>(null);
  const why = (option: ReplyOption) => {
    const id = `desk.why_${option.code}`;
    return t(has(id) ? id : option.allowed ? "desk.why_available" : "desk.why_other");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[role=radio]") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[(at + step + rows.length) % rows.length]?.focus();
  };
  const several = (kind: string) => options.filter((o) => o.channel.kind === kind).length > 1;
  const label = chosen ? name(chosen.channel.kind) : t("desk.reply_by");
  return (
    <Popover
      label={t("desk.reply_by")}
      placement="top end"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      className="w-77 max-w-[calc(100vw-1.5rem)]"
      trigger={
        <Button
          aria-label={t("desk.choose_channel", { channel: label })}
          className="inline-flex h-8 min-w-0 items-center gap-1.5 rounded-lg border border-line px-2 text-sm transition-colors duration-120 aria-expanded:border-accent aria-expanded:bg-accent-soft data-hovered:bg-sunken"
        >
          {chosen && <ChannelBadge kind={chosen.channel.kind} />}
          <span className="hidden truncate sm:inline">{label}</span>
          <ChevronDown size={14} aria-hidden="true" className="shrink-0" />
        </Button>
      }
    >
      <div className="flex items-center justify-between px-2 pt-0.5 pb-1 text-xs text-ink-2">
        <span>{t("desk.reply_by")}</span>
        <span>{t("desk.same_interaction", { code: ltr(code) })}</span>
      </div>
      <div ref={list} role="radiogroup" aria-label={t("desk.reply_by")} onKeyDown={onKeyDown}>
        {options.map((option) => {
          const on = option.channel.id === chosen?.channel.id;
          const address = isReadable(option.identity?.value) ? option.identity?.value : null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a radio input can't hold the row's layout
            <button
              key={option.channel.id}
              type="button"
              role="radio"
              aria-checked={on}
              aria-disabled={!option.allowed}
              // biome-ignore lint/a11y/noAutofocus: the popover was opened to choose
              autoFocus={on}
              onClick={() => option.allowed && onChoose(option)}
              className={clsx(
                "flex w-full items-center gap-2.5 rounded-lg px-2 py-1 text-start outline-offset-[-2px]",
                on ? "bg-accent-soft" : option.allowed && "hover:bg-sunken",
              )}
            >
              <ChannelBadge
                kind={option.channel.kind}
                size={24}
                className={clsx(!option.allowed && "opacity-35 grayscale")}
              />
              <span className="min-w-0 grow leading-[1.4]">
                <span className="flex items-baseline gap-2">
                  <span
                    className={clsx(
                      "text-sm font-medium whitespace-nowrap",
                      !option.allowed && "text-ink-3",
                    )}
                  >
                    {name(option.channel.kind)}
                  </span>
                  {several(option.channel.kind) && (
                    <bdi className="text-xs whitespace-nowrap text-ink-2">
                      {option.channel.name}
                    </bdi>
                  )}
                  {address && <Ltr className="truncate text-xs text-ink-2">{address}</Ltr>}
                </span>
                <span className={clsx("block text-xs", on ? "text-accent-text" : "text-ink-2")}>
                  {why(option)}
                </span>
              </span>
              {on && <Check size={16} aria-hidden="true" className="shrink-0 text-accent-text" />}
              {!option.allowed && (
                <Ban size={15} aria-hidden="true" className="shrink-0 text-ink-3" />
              )}
            </button>
          );
        })}
      </div>
    </Popover>
  );
}
