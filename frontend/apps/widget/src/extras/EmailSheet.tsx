import { useState } from "preact/hooks";
import { say, t } from "../i18n";
import { Field, isEmail } from "../parts/Field";
import { problemText } from "../parts/problem";
import type { Chat } from "../state/chat";
import { Sheet } from "./Sheet";
import { texts } from "./texts";

/** Asks where the conversation goes on by e-mail. */
export function EmailSheet({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [email, setEmail] = useState(chat.contact.value?.email ?? "");
  const [tried, setTried] = useState(false);
  const wrong = !isEmail(email.trim());
  return (
    <Sheet
      title={t("go_on_by_email")}
      hint={say(texts.email_hint)}
      icon="mail"
      problemText={problemText}
      onClose={onClose}
      send={() => {
        setTried(true);
        return wrong ? undefined : chat.continueByEmail(email.trim());
      }}
    >
      <Field label={t("field_email")} required error={tried && wrong ? t("need_email") : undefined}>
        {(control) => (
          <input
            {...control}
            type="email"
            dir="ltr"
            autocomplete="email"
            maxLength={320}
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        )}
      </Field>
    </Sheet>
  );
}
