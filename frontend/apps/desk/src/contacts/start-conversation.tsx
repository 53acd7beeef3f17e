import { useNavigate } from "@tanstack/react-router";
import type { Channel, ChannelKind, Contact, Identity } from "@wasl/api";
import { isolate, useHasText, useT } from "@wasl/i18n";
import { Button, ChannelBadge, Dialog, Ltr, TextField } from "@wasl/ui";
import { Check, Send } from "lucide-react";
import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { Failure } from "../settings/parts.tsx";
import { useChannelKinds, useChannels } from "../settings/queries.ts";

/** One way to write first: a channel of ours to an address of theirs, or why it can't be used. */
export interface Way {
  channel: Channel;
  kind: ChannelKind;
  identity: Identity | null;
  refusal:
    | "channel_off"
    | "channel_ill"
    | "no_identity"
    | "no_consent"
    | "waits_for_contact"
    | null;
}

/** Every configured channel, those that can be used first, the preferred kind before others. */
export function waysTo(contact: Contact, channels: Channel[], kinds: ChannelKind[]): Way[] {
  const ways = channels.flatMap((channel): Way[] => {
    const kind = kinds.find((each) => each.kind === channel.kind);
    if (!kind || kind.capabilities.live === true) return [];
    const reached = contact.identities.filter(
      (each) => each.kind === kind.capabilities.identity_kind,
    );
    if (!reached.length) return [{ channel, kind, identity: null, refusal: "no_identity" }];
    const refused = contact.consents.some(
      (each) =>
        each.purpose === "service" &&
        !each.allowed &&
        each.kind === kind.capabilities.identity_kind,
    );
    const refusal = !channel.enabled
      ? "channel_off"
      : channel.health.state === "failed"
        ? "channel_ill"
        : kind.capabilities.starts_conversations === false
          ? "waits_for_contact"
          : refused
            ? "no_consent"
            : null;
    return reached.map((identity) => ({ channel, kind, identity, refusal }));
  });
  const rank = (way: Way) =>
    (way.refusal ? 2 : 0) + (way.channel.kind === contact.preferred_channel ? 0 : 1);
  return ways.sort((a, b) => rank(a) - rank(b));
}

const wayKey = (way: Way) => `${way.channel.id} ${way.identity?.id ?? ""}`;

export function StartConversation(props: { contact: Contact; isOpen: boolean; close: () => void }) {
  const { contact, close } = props;
  const t = useT();
  const text = useErrorText();
  const navigate = useNavigate();
  const channels = useChannels();
  const kinds = useChannelKinds();
  const ways = waysTo(contact, channels.data ?? [], kinds.data ?? []);
  const [chosen, setChosen] = useState<string | null>(null);
  const [subject, setSubject] = useState("");
  const [words, setWords] = useState("");
  const [checked, setChecked] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const way =
    ways.find((each) => wayKey(each) === chosen) ?? ways.find(({ refusal }) => !refusal) ?? null;
  const hasSubject = way?.kind.capabilities.subject === true;

  const start = async () => {
    setChecked(true);
    if (!way?.identity || !words.trim()) return;
    setBusy(true);
    setFailure(null);
    try {
      const made = await api.call("POST /conversations", {
        body: {
          contact_id: contact.id,
          channel_id: way.channel.id,
          identity_id: way.identity.id,
          text: words,
          ...(hasSubject && subject.trim() ? { subject: subject.trim() } : {}),
        },
      });
      close();
      await navigate({
        to: "/conversations/$id",
        params: { id: made.id },
        search: { view: "all" },
      });
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={t("contacts.start_with", { name: isolate(contact.name || t("contacts.nameless")) })}
      width={520}
      isOpen={props.isOpen}
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            icon={Send}
            flip
            isPending={busy}
            isDisabled={!way}
            onPress={() => void start()}
          >
            {t("contacts.send")}
          </Button>
        </>
      }
    >
      {channels.data && kinds.data && !way && (
        <p className="mb-3 text-[13px] text-ink-2">{t("contacts.no_way")}</p>
      )}
      <Ways ways={ways} value={way ? wayKey(way) : null} onChange={setChosen} />
      {way && (
        <div className="mt-4 flex flex-col gap-3">
          {hasSubject && (
            <TextField
              label={t("contacts.subject")}
              value={subject}
              onChange={setSubject}
              maxLength={200}
            />
          )}
          <TextField
            label={t("contacts.text")}
            rows={5}
            value={words}
            onChange={setWords}
            maxLength={10_000}
            error={checked && !words.trim() ? t("contacts.text_missing") : null}
            autoFocus
          />
        </div>
      )}
      {failure && <Failure className="mt-3">{failure}</Failure>}
    </Dialog>
  );
}

function Ways(props: { ways: Way[]; value: string | null; onChange: (key: string) => void }) {
  const t = useT();
  const has = useHasText();
  const why = (way: Way) => {
    if (!way.refusal)
      return way.identity && <Ltr>{way.identity.display || way.identity.value}</Ltr>;
    const key = `contacts.way_${way.refusal}`;
    return has(key) ? t(key) : way.refusal;
  };
  return (
    <RadioGroup
      aria-label={t("contacts.ways")}
      value={props.value}
      onChange={props.onChange}
      className="flex flex-col gap-1"
    >
      {props.ways.map((way) => (
        <Radio
          key={wayKey(way)}
          value={wayKey(way)}
          isDisabled={way.refusal !== null}
          className="relative flex items-center gap-3 rounded-xl border border-line px-3 py-2 data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-(--ring) data-hovered:bg-sunken data-selected:border-accent data-selected:bg-accent-soft"
        >
          {({ isSelected }) => (
            <>
              <ChannelBadge kind={way.channel.kind} size={28} />
              <span className="min-w-0 grow leading-4.5">
                <span dir="auto" className="bidi-line block truncate font-medium">
                  {way.channel.name}
                </span>
                <span className="block truncate text-xs text-ink-2">{why(way)}</span>
              </span>
              {isSelected && (
                <Check size={16} aria-hidden="true" className="shrink-0 text-accent-text" />
              )}
            </>
          )}
        </Radio>
      ))}
    </RadioGroup>
  );
}
