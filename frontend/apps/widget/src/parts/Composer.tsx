import { useEffect, useRef, useState } from "preact/hooks";
import { size, t } from "../i18n";
import type { Chat } from "../state/chat";
import { MOST_FILES, type Upload, type Uploads } from "../state/uploads";
import { extras, fetchExtras } from "./extras";
import { Icon } from "./Icon";

const touch = matchMedia("(pointer: coarse)");

export function Composer({ chat, uploads }: { chat: Chat; uploads: Uploads }) {
  const input = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const emojiButton = useRef<HTMLButtonElement>(null);
  const [emoji, setEmoji] = useState(false);
  const [leftOut, setLeftOut] = useState(0);
  const quiet = useRef<ReturnType<typeof setTimeout>>(undefined);
  const Emoji = emoji && extras.value?.Emoji;
  const text = chat.draft.value;
  const over = text.length - (chat.config.value?.limits.text_chars ?? 10_000);
  const files = uploads.list.value;
  const ready = files.some((file) => file.attachment);
  const canSend = (text.trim() !== "" || ready) && over <= 0 && !uploads.busy;

  useEffect(() => () => clearTimeout(quiet.current), []);

  function write(next: string) {
    chat.draft.value = next;
    chat.typing.say(next !== "");
    clearTimeout(quiet.current);
    quiet.current = setTimeout(() => chat.typing.say(false), 5_000);
  }

  function send() {
    if (!canSend) return;
    clearTimeout(quiet.current);
    chat.send(text.trim(), uploads.take());
    chat.draft.value = "";
    setLeftOut(0);
    input.current?.focus();
  }

  function add(chosen: Iterable<File>) {
    setLeftOut(uploads.add(chosen));
  }

  function insert(sign: string) {
    const field = input.current;
    if (!field) return;
    field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
    write(field.value);
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onPaste={(event) => {
        const pasted = event.clipboardData?.files;
        if (pasted?.length) {
          event.preventDefault();
          add(pasted);
        }
      }}
    >
      {files.length > 0 && (
        <ul class="tray" aria-label={t("files")}>
          {files.map((file) => (
            <Tray key={file.key} upload={file} chat={chat} uploads={uploads} />
          ))}
        </ul>
      )}
      {leftOut > 0 && (
        <p class="error" role="alert">
          {t("too_many_files", { n: MOST_FILES })}
        </p>
      )}
      {over > 0 && (
        <p class="error" role="alert">
          {t("too_long", { n: over })}
        </p>
      )}
      {Emoji && (
        <Emoji
          onPick={insert}
          onClose={() => {
            setEmoji(false);
            emojiButton.current?.focus();
          }}
        />
      )}
      <div class="input">
        <textarea
          ref={input}
          rows={1}
          // An empty field has no direction of its own: its hint stands at the page's start.
          dir={text ? "auto" : undefined}
          aria-label={t("write")}
          placeholder={t(chat.waiting.value ? "write_more" : "write")}
          value={text}
          data-autofocus
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch.matches)
              return;
            event.preventDefault();
            send();
          }}
        />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          tabIndex={-1}
          aria-label={t("attach")}
          onChange={(event) => {
            add([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
        <button
          type="button"
          class="round"
          aria-label={t("attach")}
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" />
        </button>
        <button
          ref={emojiButton}
          type="button"
          class="round"
          aria-label={t("emoji")}
          aria-expanded={emoji}
          onClick={() => {
            setEmoji(!emoji);
            fetchExtras().catch(() => setEmoji(false));
          }}
        >
          <Icon name="smile" />
        </button>
        {(text || files.length > 0) && (
          <button
            type="submit"
            class="button primary square"
            aria-label={t("send")}
            disabled={!canSend}
          >
            <Icon name="send" size={18} />
          </button>
        )}
      </div>
    </form>
  );
}

function Tray({ upload, chat, uploads }: { upload: Upload; chat: Chat; uploads: Uploads }) {
  const { file, part, refusal, attachment } = upload;
  const most = chat.config.value?.limits.file_bytes ?? 0;
  const why = {
    too_large: () => t("file_too_large", { size: size(most) }),
    empty: () => t("file_empty"),
    refused: () => t("file_refused"),
    failed: () => t("file_failed"),
  };
  return (
    <li class={refusal ? "file wrong" : "file"}>
      <span class="tile">
        <Icon name={refusal ? "alert" : attachment ? "check" : "file"} />
      </span>
      <span class="grow">
        <bdi dir="ltr" class="clip strong">
          {file.name}
        </bdi>
        {refusal ? (
          <span class="meta bad" role="alert">
            {why[refusal]()}
          </span>
        ) : attachment ? (
          <span class="meta">{size(file.size)}</span>
        ) : (
          <>
            <progress max={1} value={part} aria-label={file.name} />
            <span class="meta">
              {t("uploading", { done: size(file.size * part), all: size(file.size) })}
            </span>
          </>
        )}
      </span>
      {refusal === "failed" && (
        <button type="button" class="link" onClick={() => uploads.retry(upload)}>
          {t("try_again")}
        </button>
      )}
      <button
        type="button"
        class="round small"
        aria-label={t("cancel_file", { name: file.name })}
        onClick={() => uploads.remove(upload)}
      >
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}
