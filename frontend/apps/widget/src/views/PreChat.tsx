import { useState } from "preact/hooks";
import { pick, t } from "../i18n";
import type { PreChatField } from "../net/types";
import { Avatar } from "../parts/Avatar";
import { Credit } from "../parts/Credit";
import { Field, isEmail, isPhone, latinDigits } from "../parts/Field";
import { Header } from "../parts/Header";
import { Icon } from "../parts/Icon";
import type { Chat } from "../state/chat";

type Answers = Partial<Record<PreChatField["field"], string>>;

function isWrong({ field, required }: PreChatField, value: string): boolean {
  if (!value) return required;
  return (field === "email" && !isEmail(value)) || (field === "phone" && !isPhone(value));
}

export function PreChat({ chat }: { chat: Chat }) {
  const asked = chat.asked();
  const [answers, setAnswers] = useState<Answers>({});
  const [tried, setTried] = useState(false);
  const config = chat.config.value;
  if (!config) return null;
  const wrong = asked.filter((one) => isWrong(one, answers[one.field]?.trim() ?? ""));

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (wrong.length) {
      const form = event.currentTarget as HTMLFormElement;
      form.querySelector<HTMLElement>(`[name=${wrong[0]?.field}]`)?.focus();
      return;
    }
    const given = Object.entries(answers)
      .map(([field, value]) => [
        field,
        field === "phone" ? latinDigits(value.trim()) : value.trim(),
      ])
      .filter(([, value]) => value);
    chat.answer(Object.fromEntries(given));
  }

  return (
    <>
      <Header
        chat={chat}
        title={t("pre_chat_title")}
        subtitle={t(config.expected_reply.code === "minutes" ? "wait_minutes" : "wait_hours")}
        avatar={<Avatar name={config.name} />}
        onBack={() => (chat.view.value = "home")}
      />
      <main class="page">
        <form noValidate onSubmit={submit}>
          <p class="quiet">{t("pre_chat_intro")}</p>
          {asked.map((one, at) => {
            const value = answers[one.field] ?? "";
            const error = tried && isWrong(one, value.trim()) ? t(`need_${one.field}`) : undefined;
            const set = (text: string) => setAnswers({ ...answers, [one.field]: text });
            return (
              <Field
                key={one.field}
                label={t(`field_${one.field}`)}
                required={one.required}
                error={error}
              >
                {(control) =>
                  one.field === "topic" && one.options?.length ? (
                    <>
                      <select
                        {...control}
                        name={one.field}
                        value={value}
                        onChange={(event) => set(event.currentTarget.value)}
                      >
                        <option value="">{t("choose")}</option>
                        {one.options.map((option) => (
                          <option key={option.value} value={option.value}>
                            {pick(option.names)}
                          </option>
                        ))}
                      </select>
                      <Icon name="down" size={18} />
                    </>
                  ) : (
                    <input
                      {...control}
                      {...KEYBOARDS[one.field]}
                      name={one.field}
                      value={value}
                      maxLength={320}
                      data-autofocus={at === 0 ? "" : undefined}
                      onInput={(event) => set(event.currentTarget.value)}
                    />
                  )
                }
              </Field>
            );
          })}
          <button type="submit" class="button primary wide">
            {t("start_chat")}
          </button>
        </form>
      </main>
      <Credit />
    </>
  );
}

const KEYBOARDS = {
  name: { type: "text", dir: "auto", autocomplete: "name" },
  email: { type: "email", dir: "ltr", autocomplete: "email", inputMode: "email" },
  phone: { type: "tel", dir: "ltr", autocomplete: "tel", inputMode: "tel" },
  topic: { type: "text", dir: "auto" },
} as const;
