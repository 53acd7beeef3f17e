import { size } from "@wasl/widget/src/i18n";
import { Icon } from "@wasl/widget/src/parts/Icon";
import { useRef, useState } from "preact/hooks";
import type { Shopper } from "../shared/demo";
import { say } from "../shared/language";
import { readBase64, sendMail } from "./mail";
import { words } from "./words";

export interface Draft {
  to: string;
  subject: string;
  in_reply_to?: string;
  references: string[];
}

const MOST_BYTES = 10_000_000;

interface Props {
  who: Shopper;
  draft: Draft;
  onBack: () => void;
  onSent: () => void;
}

export function Compose({ who, draft, onBack, onSent }: Props) {
  const [to, setTo] = useState(draft.to);
  const [subject, setSubject] = useState(draft.subject);
  const [text, setText] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const picker = useRef<HTMLInputElement>(null);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!subject.trim() || !text.trim() || !to.trim()) return setProblem(say(words.need_text));
    if (files.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES)
      return setProblem(say(words.too_large).replace("{most}", size(MOST_BYTES)));
    setBusy(true);
    setProblem("");
    try {
      await sendMail(who.id, {
        to: to.trim(),
        subject: subject.trim(),
        text,
        references: draft.references,
        ...(draft.in_reply_to ? { in_reply_to: draft.in_reply_to } : {}),
        attachments: await Promise.all(
          files.map(async (file) => ({
            name: file.name,
            content_type: file.type || "application/octet-stream",
            base64: await readBase64(file),
          })),
        ),
      });
      onSent();
    } catch {
      setProblem(say(words.send_failed));
      setBusy(false);
    }
  }

  return (
    <form class="mail" onSubmit={(event) => void submit(event)}>
      <header class="mail-head">
        <button type="button" class="round" aria-label={say(words.back)} onClick={onBack}>
          <Icon name="back" />
        </button>
        <h2 class="grow">{say(draft.in_reply_to ? words.reply : words.compose)}</h2>
        <button
          type="button"
          class="round"
          aria-label={say(words.attach)}
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" />
        </button>
        <button
          type="submit"
          class="button primary square"
          aria-label={say(busy ? words.sending : words.send)}
          disabled={busy}
        >
          <Icon name="send" size={18} />
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            setFiles([...files, ...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
      </header>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <label class="mail-line">
        <span class="meta">{say(words.to)}</span>
        <input
          dir="ltr"
          type="email"
          value={to}
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <label class="mail-line">
        <span class="meta">{say(words.subject)}</span>
        <input
          dir="auto"
          value={subject}
          maxLength={200}
          onInput={(event) => setSubject(event.currentTarget.value)}
        />
      </label>
      {files.length > 0 && (
        <ul class="pad">
          {files.map((file, at) => (
            <li class="mail-file" key={`${file.name}-${at}`}>
              <Icon name="file" />
              <bdi dir="ltr" class="clip grow strong">
                {file.name}
              </bdi>
              <span class="meta">{size(file.size)}</span>
              <button
                type="button"
                class="round"
                aria-label={`${say(words.remove)}: ${file.name}`}
                onClick={() => setFiles(files.filter((one) => one !== file))}
              >
                <Icon name="close" size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <textarea
        class="mail-text"
        dir={text ? "auto" : undefined}
        aria-label={say(words.text)}
        placeholder={say(words.text)}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
