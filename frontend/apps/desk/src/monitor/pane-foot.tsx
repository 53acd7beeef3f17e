import type { Conversation } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Button, IconButton, Kbd, MenuButton, TextField } from "@wasl/ui";
import { clsx } from "clsx";
import {
  Eye,
  Flag,
  Hand,
  type LucideIcon,
  MessageSquareLock,
  MessagesSquare,
  Route,
  Send,
} from "lucide-react";
import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { learnMessage, outbox, useReplyOptions } from "../conversations/conversation-data.ts";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { Ask } from "../settings/parts.tsx";
import { usePrioritise, useReassign } from "../wallboard/actions.ts";
import { PRIORITIES } from "../wallboard/matters.tsx";

export type Mode = "read" | "whisper" | "join";

const MODES: { id: Mode; icon: LucideIcon; kbd: string }[] = [
  { id: "read", icon: Eye, kbd: "1" },
  { id: "whisper", icon: MessageSquareLock, kbd: "2" },
  { id: "join", icon: MessagesSquare, kbd: "3" },
];

interface Props {
  conversation: Conversation;
  mode: Mode;
  onMode: (mode: Mode) => void;
  mayWhisper: boolean;
  onWhy: () => void;
}

/** What the supervisor does here: the mode in force, priority, why, and taking over. */
export function PaneFoot({ conversation, mode, onMode, mayWhisper, onWhy }: Props) {
  const t = useT();
  const { user } = useMe();
  const prioritise = usePrioritise();
  const { id, priority, status } = conversation;
  const open = status !== "resolved";
  return (
    <footer className="grid gap-2 border-t border-line px-3 py-2">
      <div className="flex flex-wrap items-center gap-1.5">
        <ToggleButtonGroup
          aria-label={t("monitor.mode")}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[mode]}
          onSelectionChange={(keys) => onMode(([...keys][0] as Mode | undefined) ?? "read")}
          className="flex gap-1.5"
        >
          {MODES.map(({ id, icon: Icon, kbd }) => (
            <ToggleButton
              key={id}
              id={id}
              isDisabled={id !== "read" && !mayWhisper}
              className="inline-flex h-8 items-center gap-1.5 rounded-lg border border-line bg-surface px-3 text-sm select-none data-disabled:text-ink-3 data-hovered:bg-sunken data-selected:border-accent data-selected:bg-accent-soft data-selected:font-semibold data-selected:text-accent-text"
            >
              <Icon size={15} aria-hidden="true" />
              {t(`monitor.mode_${id}`)}
              <Kbd className="max-sm:hidden">{kbd}</Kbd>
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <span className="grow" />
        <IconButton icon={Route} label={t("desk.why_place")} kbd="W" onPress={onWhy} />
        {open && (
          <MenuButton
            label={t("desk.priority_choice")}
            placement="top end"
            trigger={
              priority > 0 ? (
                <Button
                  icon={Flag}
                  aria-label={t("desk.priority", { level: t(`desk.priority_${priority}`) })}
                >
                  {t(`desk.priority_${priority}`)}
                </Button>
              ) : (
                <IconButton
                  icon={Flag}
                  label={t("desk.priority", { level: t("desk.priority_0") })}
                />
              )
            }
            actions={PRIORITIES.map((level) => ({
              id: String(level),
              label: t(`desk.priority_${level}`),
              choice: t("desk.priority_choice"),
              selected: level === priority,
              run: () => void prioritise([id], level),
            }))}
          />
        )}
        {open && conversation.assignee?.id !== user.id && <TakeOver conversation={conversation} />}
      </div>
      {mode === "whisper" && <Whisper conversation={conversation} />}
      {mode === "join" && <Answer conversation={conversation} />}
    </footer>
  );
}

function TakeOver({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const { user } = useMe();
  const reassign = useReassign();
  const [asking, setAsking] = useState(false);
  const { assignee, contact, id } = conversation;
  return (
    <>
      <Button icon={Hand} onPress={() => setAsking(true)} className="ms-auto">
        {t("monitor.take_over")}
      </Button>
      <Ask
        title={t("monitor.take_over_title", { name: isolate(contact.name) })}
        action={t("monitor.take_over_now")}
        isOpen={asking}
        onClose={() => setAsking(false)}
        run={() => reassign([id], { user_id: user.id, queue_id: null }, user.name)}
      >
        {assignee
          ? t("monitor.take_over_text", { name: isolate(assignee.name) })
          : t("monitor.take_over_text_nobody")}
      </Ask>
    </>
  );
}

/** Yellow paper: the agent sees it at once, the contact never. */
function Whisper({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const { id, assignee } = conversation;
  return (
    <Line
      label={t("monitor.whisper_to", { name: isolate(assignee?.name ?? "") })}
      action={t("monitor.whisper")}
      paper
      send={async (text) => {
        const path = { id };
        learnMessage(
          await api.call("POST /conversations/{id}/whisper", { path, body: { text } }),
          id,
        );
      }}
    />
  );
}

/** What the contact reads, on the channel where they are. */
function Answer({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const { id, contact } = conversation;
  const options = useReplyOptions(conversation).data?.filter((option) => option.allowed) ?? [];
  const option = options.find((each) => each.suggested) ?? options[0];
  return (
    <Line
      label={t("monitor.answer_to", { name: isolate(contact.name || t("common.someone")) })}
      action={t("monitor.answer")}
      isDisabled={!option}
      send={async (text) => {
        if (!option) return;
        outbox.add({
          conversation_id: id,
          created_at: new Date().toISOString(),
          attachments: [],
          body: {
            client_id: crypto.randomUUID(),
            channel_id: option.channel.id,
            identity_id: option.identity?.id ?? null,
            text,
          },
        });
      }}
    />
  );
}

interface LineProps {
  label: string;
  action: string;
  /** On the yellow paper of notes. */
  paper?: boolean;
  isDisabled?: boolean;
  send: (text: string) => Promise<void>;
}

function Line({ label, action, paper = false, isDisabled = false, send }: LineProps) {
  const fail = useErrorToast();
  const [text, setText] = useState("");
  const [sending, setSending] = useState(false);
  const submit = async () => {
    if (!text.trim() || sending || isDisabled) return;
    setSending(true);
    try {
      await send(text.trim());
      setText("");
    } catch (error) {
      fail(error);
    }
    setSending(false);
  };
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label={label}
        hideLabel
        placeholder={label}
        value={text}
        onChange={setText}
        maxLength={2000}
        autoFocus
        className={clsx("min-w-0 grow", paper && "[&>div]:border-note-line [&>div]:bg-note")}
      />
      <Button
        type="submit"
        kind="primary"
        icon={Send}
        flip
        isDisabled={isDisabled || !text.trim()}
        isPending={sending}
        className="h-9"
      >
        {action}
      </Button>
    </form>
  );
}
