import { useNavigate } from "@tanstack/react-router";
import type { Channel, ChannelKind } from "@wasl/api";
import { useFormat, useLocale, useT } from "@wasl/i18n";
import { Button, ChannelBadge, EmptyState, Ltr, MenuButton } from "@wasl/ui";
import { clsx } from "clsx";
import { Plus, Radio, ShieldCheck } from "lucide-react";
import { Button as Press } from "react-aria-components";
import type { SectionProps } from "../page.tsx";
import { Loaded, SectionPage } from "../parts.tsx";
import { useChannelKinds, useChannels } from "../queries.ts";
import { RowTable } from "../rows.tsx";
import { ChannelDrawer } from "./drawer.tsx";
import { Health } from "./health.tsx";
import { useKindName } from "./names.ts";

const DAY_H = 24;
const GRID =
  "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1fr)_minmax(72px,120px)_56px_20px]";

/** `/settings/channels`, `…/<channel>` and `…/new/<kind>`. */
export default function ChannelsPage({ rest }: SectionProps) {
  const t = useT();
  const navigate = useNavigate();
  const channels = useChannels();
  const kinds = useChannelKinds();
  const [first, second] = rest;
  const open = (...steps: string[]) =>
    void navigate({ to: "/settings/$", params: { _splat: ["channels", ...steps].join("/") } });

  const channel = channels.data?.find((each) => each.id === first);
  const kind = kinds.data?.find((each) => each.kind === (first === "new" ? second : channel?.kind));
  const total = channels.data?.reduce((sum, each) => sum + each.messages_24h, 0) ?? 0;

  return (
    <SectionPage
      title={t("settings.channels")}
      lead={
        channels.data?.length
          ? t("settings.channel.lead", { n: channels.data.length, messages: total, hours: DAY_H })
          : t("settings.channel.lead_none")
      }
      action={kinds.data && <AddChannel kinds={kinds.data} add={(name) => open("new", name)} />}
      drawer={
        kind && (
          <ChannelDrawer
            key={channel?.id ?? `new-${kind.kind}`}
            kind={kind}
            channel={channel ?? null}
            close={() => open()}
          />
        )
      }
    >
      <Loaded query={channels}>
        {(found) =>
          found.length ? (
            <ChannelList channels={found} current={channel?.id} open={open} />
          ) : (
            <EmptyState icon={Radio} title={t("settings.channel.none")}>
              {t("settings.channel.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
      {kinds.data && (
        <ConnectAnother
          kinds={kinds.data}
          current={first === "new" ? second : undefined}
          add={(name) => open("new", name)}
        />
      )}
      <span className="grow" />
      <p className="mt-5 flex items-start gap-1.5 text-xs text-ink-3">
        <ShieldCheck size={13} aria-hidden="true" className="mt-0.5 shrink-0" />
        {t("settings.channel.sealed")}
      </p>
    </SectionPage>
  );
}

function AddChannel({ kinds, add }: { kinds: ChannelKind[]; add: (kind: string) => void }) {
  const t = useT();
  const name = useKindName();
  return (
    <MenuButton
      label={t("settings.channel.add")}
      trigger={
        <Button kind="primary" icon={Plus}>
          {t("settings.channel.add")}
        </Button>
      }
      actions={kinds.map(({ kind }) => ({
        id: kind,
        label: name(kind),
        start: <ChannelBadge kind={kind} size={24} />,
        run: () => add(kind),
      }))}
    />
  );
}

function ChannelList(props: {
  channels: Channel[];
  current: string | undefined;
  open: (id: string) => void;
}) {
  const t = useT();
  const { language } = useLocale();
  const format = useFormat();
  const kindName = useKindName();
  return (
    <RowTable
      grid={GRID}
      header={
        <>
          <span>{t("settings.channel.channel")}</span>
          <span>{t("settings.channel.queue")}</span>
          <span className="text-end">{t("settings.channel.day", { hours: DAY_H })}</span>
        </>
      }
      items={props.channels}
      current={props.current}
      open={props.open}
    >
      {(channel) => (
        <>
          <span className="flex min-w-0 items-center gap-3">
            <ChannelBadge kind={channel.kind} size={28} />
            <span className="min-w-0 leading-5">
              <span className="flex items-baseline gap-2">
                <span dir="auto" className="bidi-line truncate font-medium">
                  {channel.name}
                </span>
                <ChannelAddress channel={channel} fallback={kindName(channel.kind)} />
              </span>
              <Health channel={channel} />
            </span>
          </span>
          <span className="hidden truncate text-[13px] text-ink-2 md:block">
            {channel.queue
              ? channel.queue.names?.[language] || channel.queue.name
              : t("settings.channel.no_queue")}
          </span>
          <span className="num text-end text-[13px]">
            <span className="sr-only">{t("settings.channel.day", { hours: DAY_H })}: </span>
            {format.number(channel.messages_24h)}
          </span>
        </>
      )}
    </RowTable>
  );
}

/** What people know the channel by: the address in its configuration, where it has one. */
function ChannelAddress({ channel, fallback }: { channel: Channel; fallback: string }) {
  const address = channel.config.address;
  return typeof address === "string" && address ? (
    <Ltr className="truncate text-xs text-ink-3">{address}</Ltr>
  ) : (
    <span className="truncate text-xs text-ink-3">{fallback}</span>
  );
}

function ConnectAnother(props: {
  kinds: ChannelKind[];
  current: string | undefined;
  add: (kind: string) => void;
}) {
  const t = useT();
  const name = useKindName();
  return (
    <section>
      <h2 className="mt-5 mb-2 text-[13px] font-semibold">{t("settings.channel.another")}</h2>
      <ul className="grid grid-cols-2 gap-2 sm:grid-cols-3">
        {props.kinds.map(({ kind }) => (
          <li key={kind}>
            <Press
              onPress={() => props.add(kind)}
              className={clsx(
                "flex h-10 w-full items-center gap-2 rounded-xl border px-3 text-[13px] font-medium",
                kind === props.current
                  ? "border-accent bg-accent-soft text-accent-text"
                  : "border-line bg-surface data-hovered:bg-sunken",
              )}
            >
              <Plus size={15} aria-hidden="true" className="shrink-0 text-ink-3" />
              <span className="truncate">{name(kind)}</span>
            </Press>
          </li>
        ))}
      </ul>
    </section>
  );
}
