import { useState } from "preact/hooks";
import { t } from "../i18n";
import { uuid } from "../net/uuid";
import { Credit } from "../parts/Credit";
import { Field, isEmail } from "../parts/Field";
import { Header } from "../parts/Header";
import { Icon } from "../parts/Icon";
import { problemText } from "../parts/problem";
import type { Chat } from "../state/chat";

/** A message while nobody is here: it becomes an e-mail conversation. What was typed is kept. */
export function Offline({ chat }: { chat: Chat }) {
  const [name, setName] = useState(chat.contact.value?.name ?? "");
  const [email, setEmail] = useState(chat.contact.value?.email ?? "");
  const [text, setText] = useState("");
  const [clientId] = useState(uuid);
  const [tried, setTried] = useState(false);
  const [state, setState] = useState<"form" | "sending" | "sent">("form");
  const [problem, setProblem] = useState("");
  const wrong = {
    name: !name.trim(),
    email: !isEmail(email.trim()),
    text: !text.trim(),
  };

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    const first = (Object.keys(wrong) as (keyof typeof wrong)[]).find((field) => wrong[field]);
    if (first) {
      (event.currentTarget as HTMLFormElement)
        .querySelector<HTMLElement>(`[name=${first}]`)
        ?.focus();
      return;
    }
    setState("sending");
    setProblem("");
    try {
      await chat.leave(clientId, name.trim(), email.trim(), text.trim());
      setState("sent");
    } catch (error) {
      setProblem(problemText(error));
      setState("form");
    }
  }

  const home = () => (chat.view.value = "home");
  const header = (
    <Header
      chat={chat}
      title={t("leave_message")}
      subtitle={chat.config.value?.name ?? ""}
      avatar={
        <span class="avatar plain">
          <Icon name={state === "sent" ? "done" : "moon"} />
        </span>
      }
      onBack={home}
    />
  );

  if (state === "sent") {
    const [before, after] = t("closed_sent", { email: "\0" }).split("\0");
    return (
      <>
        {header}
        <main class="page centred">
          <span class="big ok">
            <Icon name="done" size={40} />
          </span>
          <div role="status">
            <h2>{t("closed_sent_title")}</h2>
            <p class="quiet">
              {before}
              <bdi dir="ltr">{email.trim()}</bdi>
              {after}
            </p>
          </div>
          <button type="button" class="button" data-autofocus onClick={home}>
            {t("to_home")}
          </button>
        </main>
        <Credit />
      </>
    );
  }
  return (
    <>
      {header}
      <main class="page">
        <form noValidate onSubmit={(event) => void submit(event)}>
          <p class="quiet">{t("closed_intro")}</p>
          <Field
            label={t("field_name")}
            required
            error={tried && wrong.name ? t("need_name") : undefined}
          >
            {(control) => (
              <input
                {...control}
                name="name"
                dir="auto"
                autocomplete="name"
                maxLength={200}
                value={name}
                data-autofocus
                onInput={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field
            label={t("field_email")}
            required
            error={tried && wrong.email ? t("need_email") : undefined}
          >
            {(control) => (
              <input
                {...control}
                name="email"
                type="email"
                dir="ltr"
                autocomplete="email"
                maxLength={320}
                value={email}
                onInput={(event) => setEmail(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field
            label={t("field_message")}
            required
            error={tried && wrong.text ? t("need_text") : undefined}
          >
            {(control) => (
              <textarea
                {...control}
                name="text"
                dir="auto"
                rows={4}
                maxLength={chat.config.value?.limits.text_chars ?? 10_000}
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
          {problem && (
            <p class="error" role="alert">
              {problem}
            </p>
          )}
          <button type="submit" class="button primary wide" disabled={state === "sending"}>
            {t(state === "sending" ? "sending" : "send_message")}
          </button>
        </form>
      </main>
      <Credit />
    </>
  );
}
