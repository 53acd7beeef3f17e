import { useMutation } from "@tanstack/react-query";
import type { Attachment, Conversation } from "@wasl/api";
import { isolate, useLocale, useT } from "@wasl/i18n";
import { useConnection } from "@wasl/realtime";
import { Button, IconButton, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import { Clock, Hand, ListPlus, Paperclip, Send, StickyNote, UserPlus } from "lucide-react";
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  useCallback,
  useId,
  useRef,
  useState,
} from "react";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useCommand } from "../../keys/commands.ts";
import { MOD_ENTER } from "../../keys/keys.tsx";
import { useMe } from "../../me.ts";
import { learnMessage, outbox, useOutgoing, useReplyOptions } from "../conversation-data.ts";
import { AnswersEditor } from "./answers.tsx";
import { cannedQuery, fillIn, insertCanned, textOf, useCanned } from "./canned.ts";
import { ChannelPicker } from "./channel-picker.tsx";
import { type Choice, ChoiceList } from "./choices.tsx";
import { addressesOf, answersOf, SENT, useDraft } from "./draft.ts";
import { EmojiPicker } from "./emoji.tsx";
import { LineField, Signature } from "./lines.tsx";
import { insertMention, matching, mentionedIn, mentionQuery, useColleagues } from "./mentions.ts";
import { useTypingSignal } from "./typing.ts";
import { FileList, useUploads } from "./uploads.tsx";
import { useWaitingForFiles, WaitingLine } from "./waiting.tsx";

interface Props {
  conversation: Conversation;
  onPick: () => void;
}

/** Where we speak: a reply on a lawful channel, or a note for colleagues. Keyed by conversation. */
export function Composer({ conversation, onPick }: Props) {
  const { can } = conversation;
  const t = useT();
  const { language } = useLocale();
  const failed = useErrorToast();
  const { user } = useMe();
  const online = useConnection().state === "open";
  const waiting = useOutgoing(conversation.id).filter((o) => o.state !== "refused").length;
  const [draft, change] = useDraft(conversation.id);
  const options = useReplyOptions(conversation).data ?? [];
  const text = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const [pickerOpen, setPickerOpen] = useState(false);
  const [withCopies, setWithCopies] = useState(Boolean(draft.cc || draft.bcc));
  const [withAnswers, setWithAnswers] = useState(answersOf(draft).length > 0);
  const listId = useId();
  const typing = useTypingSignal(conversation.id);

  const mayReply = can.includes("reply");
  const allowed = options.filter((o) => o.allowed);
  const chosen =
    allowed.find((o) => o.channel.id === draft.channel) ??
    allowed.find((o) => o.suggested) ??
    allowed[0] ??
    null;
  const note = draft.note || !mayReply;
  const capabilities = chosen?.capabilities;
  const newThread = Boolean(capabilities?.subject) && !chosen?.continues_leg;

  const onReady = useCallback(
    ({ id, name, size }: Attachment) =>
      change(({ files }) => ({ files: [...files, { id, name, size }] })),
    [change],
  );
  const uploads = useUploads(onReady);

  const query = (note ? mentionQuery : cannedQuery)(draft.text, caret);
  const canned = useCanned(note ? null : query);
  const colleagues = useColleagues(note);

  const focusText = (mode?: "reply" | "note") => {
    if (mode) change({ note: mode === "note" });
    text.current?.focus();
  };
  useCommand("reply", mayReply ? () => focusText("reply") : null);
  useCommand("note", () => focusText("note"));
  useCommand("channel", mayReply && !note ? () => setPickerOpen(true) : null);

  const saveNote = useMutation({
    mutationFn: () =>
      api.call("POST /conversations/{id}/notes", {
        path: { id: conversation.id },
        body: {
          text: draft.text.trim(),
          attachment_ids: draft.files.map((f) => f.id),
          mentions: mentionedIn(draft.text, colleagues),
        },
      }),
    onSuccess: (message) => {
      learnMessage(message, conversation.id);
      change({ text: "", files: [], note: false });
    },
    onError: failed,
  });

  const filled = draft.text.trim() !== "" || draft.files.length > 0;
  const ready = (filled || uploads.busy) && (note || chosen !== null);
  const send = () => {
    if (!ready || saveNote.isPending) return;
    if (uploads.busy) return waitingForFiles.begin();
    if (note) return saveNote.mutate();
    if (!chosen) return;
    typing(false);
    outbox.add({
      conversation_id: conversation.id,
      created_at: new Date().toISOString(),
      attachments: draft.files,
      body: {
        client_id: crypto.randomUUID(),
        channel_id: chosen.channel.id,
        identity_id: chosen.identity?.id ?? null,
        text: draft.text.trim(),
        attachment_ids: draft.files.map((f) => f.id),
        ...(newThread && draft.subject ? { subject: draft.subject } : {}),
        ...(capabilities?.cc && draft.cc ? { cc: addressesOf(draft.cc) } : {}),
        ...(capabilities?.cc && draft.bcc ? { bcc: addressesOf(draft.bcc) } : {}),
        ...(capabilities?.quick_replies ? { quick_replies: answersOf(draft) } : {}),
      },
    });
    change(SENT);
    setWithCopies(false);
    setWithAnswers(false);
    text.current?.focus();
  };
  const waitingForFiles = useWaitingForFiles(uploads, note ? "note" : "reply", send);

  const place = (next: string, at: number) => {
    change({ text: next });
    setCaret(at);
    requestAnimationFrame(() => {
      text.current?.focus();
      text.current?.setSelectionRange(at, at);
    });
  };
  const names = { agent: user.name, contact: conversation.contact.name };
  const choices: Choice[] =
    query === null
      ? []
      : note
        ? matching(colleagues, query).map(({ id, name, presence }) => ({
            id,
            title: name,
            aside: t(`desk.presence_${presence}`),
            take: () => place(...insertMention(draft.text, caret, name)),
          }))
        : canned.map((response) => {
            const words = textOf(response, conversation.locale, language);
            return {
              id: response.id,
              title: response.title,
              aside: `/${response.short}`,
              detail: words,
              take: () => place(...insertCanned(draft.text, caret, fillIn(words, names))),
            };
          });
  const at = Math.min(active, choices.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    if (choices.length && !event.nativeEvent.isComposing) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) setActive((at + step + choices.length) % choices.length);
      else if (event.key === "Enter" || event.key === "Tab") choices[at]?.take();
      else return;
      event.preventDefault();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    uploads.add(event.clipboardData.files);
  };
  const onDrop = (event: DragEvent) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    uploads.add(event.dataTransfer.files);
  };

  return (
    <section
      aria-label={t("desk.compose")}
      data-pane=""
      tabIndex={-1}
      className="shrink-0 border-t border-line bg-surface px-3 pt-2.5 pb-3 outline-none md:px-6 md:pb-4"
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
      onKeyDown={(event) => {
        const ours = event.currentTarget.contains(event.target as Node);
        if (!ours || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        send();
      }}
    >
      <div className="mx-auto max-w-3xl">
        <Strip
          conversation={conversation}
          noChannel={mayReply && options.length > 0 && !chosen}
          onPick={onPick}
        />
        <div
          className={clsx(
            "relative rounded-xl border transition-[background-color,box-shadow] duration-120 focus-within:ring-3",
            note
              ? "border-note-line bg-note focus-within:border-warn focus-within:ring-warn/20"
              : "border-line-strong bg-surface focus-within:border-accent focus-within:ring-accent/20",
          )}
        >
          {query !== null && (
            <ChoiceList
              id={listId}
              label={t(note ? "desk.mention" : "desk.canned")}
              choices={choices}
              active={at}
              nothing={t(note ? "desk.mention_none" : "desk.canned_none", { q: isolate(query) })}
            />
          )}
          {!note && newThread && (
            <LineField
              label={t("desk.subject")}
              value={draft.subject}
              onChange={(subject) => change({ subject })}
            />
          )}
          {!note && withCopies && Boolean(capabilities?.cc) && (
            <>
              <LineField
                ltr
                label={t("desk.cc")}
                value={draft.cc}
                onChange={(cc) => change({ cc })}
              />
              <LineField
                ltr
                label={t("desk.bcc")}
                value={draft.bcc}
                onChange={(bcc) => change({ bcc })}
              />
            </>
          )}
          <textarea
            ref={text}
            dir="auto"
            rows={2}
            value={draft.text}
            aria-label={t(note ? "desk.note_mode" : "desk.compose")}
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-controls={choices.length ? listId : undefined}
            aria-activedescendant={choices.length ? `${listId}-${at}` : undefined}
            placeholder={t(
              note ? "desk.write_note" : online ? "desk.write_reply" : "desk.write_offline",
            )}
            onChange={(event) => {
              change({ text: event.target.value });
              setCaret(event.target.selectionStart);
              setActive(0);
              if (!note) typing(event.target.value !== "");
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            className="bidi-line scroll-thin field-sizing-content block max-h-52 min-h-14 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1.5 outline-none!"
          />
          {!note && capabilities?.subject && user.signature && <Signature text={user.signature} />}
          <FileList
            files={draft.files}
            uploads={uploads.uploads}
            onRemove={(id) => change({ files: draft.files.filter((f) => f.id !== id) })}
            onCancel={(upload) => {
              uploads.cancel(upload);
              waitingForFiles.stop();
            }}
          />
          {!note && withAnswers && Boolean(capabilities?.quick_replies) && (
            <AnswersEditor draft={draft} change={change} />
          )}
          <WaitingLine waiting={waitingForFiles} />
          <div className="flex items-center gap-1 px-2 pb-2">
            <EmojiPicker
              onChoose={(emoji) =>
                place(
                  draft.text.slice(0, caret) + emoji + draft.text.slice(caret),
                  caret + emoji.length,
                )
              }
            />
            <IconButton
              icon={Paperclip}
              label={t("desk.attach")}
              onPress={() => files.current?.click()}
            />
            <input
              ref={files}
              type="file"
              multiple
              hidden
              aria-label={t("desk.attach")}
              onChange={(event) => {
                uploads.add(event.target.files ?? []);
                event.target.value = "";
              }}
            />
            <IconButton
              icon={StickyNote}
              label={t(note ? "desk.reply_mode" : "desk.note_mode")}
              isSelected={note}
              isDisabled={!mayReply}
              onPress={() => focusText(note ? "reply" : "note")}
            />
            {!note && Boolean(capabilities?.cc) && (
              <IconButton
                icon={UserPlus}
                label={t("desk.add_cc")}
                isSelected={withCopies}
                onPress={() => setWithCopies(!withCopies)}
              />
            )}
            {!note && Boolean(capabilities?.quick_replies) && (
              <IconButton
                icon={ListPlus}
                label={t("desk.answers")}
                isSelected={withAnswers}
                onPress={() => {
                  setWithAnswers(!withAnswers);
                  if (withAnswers) change({ answers: [], answer: "" });
                }}
              />
            )}
            {waiting > 0 && !online && (
              <Pill icon={Clock}>{t("desk.waiting_count", { n: waiting })}</Pill>
            )}
            <span className="grow" />
            {!note && options.length > 0 && (
              <ChannelPicker
                options={options}
                chosen={chosen}
                code={conversation.interaction.code}
                isOpen={pickerOpen}
                onOpenChange={(open) => {
                  setPickerOpen(open);
                  if (!open) requestAnimationFrame(() => text.current?.focus());
                }}
                onChoose={(option) => {
                  change({ channel: option.channel.id });
                  setPickerOpen(false);
                  requestAnimationFrame(() => text.current?.focus());
                }}
              />
            )}
            <span title={MOD_ENTER} className="ms-1">
              <Button
                kind="primary"
                icon={note ? StickyNote : Send}
                flip={!note}
                isDisabled={!ready}
                isPending={saveNote.isPending || waitingForFiles.state === "waiting"}
                onPress={send}
              >
                {t(note ? "desk.add_note" : "desk.send")}
              </Button>
            </span>
          </div>
        </div>
      </div>
    </section>
  );
}

/** What one should know before writing, in one line above the text. */
function Strip(props: { conversation: Conversation; noChannel: boolean; onPick: () => void }) {
  const { conversation, noChannel, onPick } = props;
  const t = useT();
  const { assignee, can, status } = conversation;
  if (can.includes("pick"))
    return (
      <div className="mb-2 flex items-center gap-2 text-[13px] text-ink-2">
        <span className="grow">{t("desk.cant_reply")}</span>
        <Button size="sm" icon={Hand} onPress={onPick}>
          {t("desk.pick")}
        </Button>
      </div>
    );
  const line = !can.includes("reply")
    ? assignee && t("desk.held_by", { name: isolate(assignee.name) })
    : noChannel
      ? t("desk.no_channel")
      : status === "resolved" && t("desk.resolved_reply");
  return line ? <p className="mb-2 text-[13px] text-ink-2">{line}</p> : null;
}
