import { useNavigate } from "@tanstack/react-router";
import type { Mention } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { Avatar, CountBadge, EmptyState, IconButton, Popover, Tip } from "@wasl/ui";
import { AtSign, Bell, Check } from "lucide-react";
import { Button } from "react-aria-components";
import { useNow } from "../clock.ts";
import { useMentions } from "../me-scope.ts";
import { readMention } from "../mentions.tsx";

/** Notes that name us: how many, and a list from which each is opened. */
export function MentionBell() {
  const t = useT();
  const format = useFormat();
  const mentions = useMentions();
  const n = mentions.length;
  const label = n ? t("shell.mentions_unread", { n }) : t("shell.mentions");
  return (
    <Popover
      label={t("shell.mentions")}
      placement="top start"
      className="w-88 max-w-[calc(100vw-1rem)]"
      trigger={
        <Tip label={label} placement="end">
          <Button
            aria-label={label}
            className="relative grid size-10 place-items-center rounded-xl text-ink-2 data-hovered:bg-surface/60"
          >
            <Bell size={20} aria-hidden="true" />
            {n > 0 && (
              <CountBadge className="absolute -top-1 -end-1 ring-2 ring-canvas">
                {format.number(n)}
              </CountBadge>
            )}
          </Button>
        </Tip>
      }
    >
      {(close) =>
        n ? (
          <>
            <h2 className="px-2 py-1 text-[13px] font-semibold">{t("shell.mentions")}</h2>
            <ul>
              {mentions.map((mention) => (
                <Row key={mention.id} mention={mention} close={close} />
              ))}
            </ul>
          </>
        ) : (
          <EmptyState icon={AtSign} title={t("shell.mentions_none")}>
            {t("shell.mentions_none_text")}
          </EmptyState>
        )
      }
    </Popover>
  );
}

function Row({ mention, close }: { mention: Mention; close: () => void }) {
  const t = useT();
  const format = useFormat();
  const navigate = useNavigate();
  const now = useNow("minute");
  const { conversation } = mention;
  const name = mention.by.name || t("common.someone");
  const words = { name: isolate(name), number: ltr(conversation.number) };
  return (
    <li className="flex items-center gap-1">
      <Button
        onPress={() => {
          close();
          void readMention(mention.id);
          void navigate({
            to: "/conversations/$id",
            params: { id: conversation.id },
            search: (before) => ({ view: before.view ?? "all" }),
            hash: mention.message_id,
          });
        }}
        className="flex min-w-0 grow items-center gap-2.5 rounded-lg px-2 py-2 text-start text-[13px] data-hovered:bg-sunken"
      >
        <Avatar name={name} size={32} />
        <span className="min-w-0 grow">
          <span className="block">{t("shell.mention_by", words)}</span>
          <span className="num block text-xs text-ink-2">{format.age(mention.at, now)}</span>
        </span>
      </Button>
      <IconButton
        icon={Check}
        size="sm"
        label={t("shell.mention_read", words)}
        onPress={() => void readMention(mention.id)}
      />
    </li>
  );
}
