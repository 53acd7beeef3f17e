import { useState } from "preact/hooks";
import { locale, say } from "../i18n";
import { Field, isPhone } from "../parts/Field";
import { Icon } from "../parts/Icon";
import type { Chat } from "../state/chat";
import { after, askCallback, focusCard, refusalOf } from "./callback";
import { moments } from "./moments";
import { Sheet } from "./Sheet";
import { texts } from "./texts";

/** Asks where, and from when on, the visitor is to be called at their turn. */
export function CallbackSheet({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const agreed = chat.conversation.value?.callback;
  const [number, setNumber] = useState(agreed?.address ?? chat.page.value?.identity?.phone ?? "");
  const [notBefore, setNotBefore] = useState(
    agreed?.not_before ? Date.parse(agreed.not_before) : 0,
  );
  const [offered] = useState(() => {
    const hours = moments(Date.now());
    return notBefore > Date.now() && !hours.includes(notBefore) ? [notBefore, ...hours] : hours;
  });
  const [tried, setTried] = useState(false);
  const wrong = !isPhone(number.trim());
  const region = chat.config.value?.region;
  return (
    <Sheet
      title={say(texts.call_title)}
      hint={say(texts.call_hint)}
      icon="phone"
      problemText={refusalOf}
      onClose={() => {
        onClose();
        focusCard();
      }}
      send={() => {
        setTried(true);
        return wrong ? undefined : askCallback(chat, number.trim(), notBefore || null);
      }}
    >
      <div>
        <Field
          label={say(texts.number)}
          required
          error={tried && wrong ? say(texts.need_number) : undefined}
        >
          {(control) => (
            <input
              {...control}
              aria-describedby={control["aria-describedby"] ?? "number-hint"}
              type="tel"
              dir="ltr"
              autocomplete="tel"
              inputMode="tel"
              maxLength={40}
              value={number}
              onInput={(event) => setNumber(event.currentTarget.value)}
            />
          )}
        </Field>
        <p class="meta" id="number-hint">
          {region
            ? say(texts.number_of, {
                country:
                  new Intl.DisplayNames(locale.value, { type: "region" }).of(region) ?? region,
              })
            : say(texts.number_code)}
        </p>
      </div>
      <Field label={say(texts.when)} required>
        {(control) => (
          <>
            <select
              {...control}
              value={notBefore}
              onChange={(event) => setNotBefore(Number(event.currentTarget.value))}
            >
              <option value={0}>{say(texts.when_turn)}</option>
              {offered.map((moment) => (
                <option key={moment} value={moment}>
                  {after(moment)}
                </option>
              ))}
            </select>
            <Icon name="down" size={18} />
          </>
        )}
      </Field>
    </Sheet>
  );
}
