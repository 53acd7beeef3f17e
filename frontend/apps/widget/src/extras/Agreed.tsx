import { useState } from "preact/hooks";
import { say } from "../i18n";
import type { Conversation } from "../net/types";
import type { Chat } from "../state/chat";
import { waitText } from "../views/wait";
import { after, focusCard, refusalOf, takeBack } from "./callback";
import { texts } from "./texts";

interface Props {
  chat: Chat;
  callback: NonNullable<Conversation["callback"]>;
  onChange: () => void;
}

/** What was agreed of a call, and how it is changed or taken back. */
export function Agreed({ chat, callback, onChange }: Props) {
  const [problem, setProblem] = useState("");
  const [before, behind] = say(texts.agreed, { number: "\0" }).split("\0");
  return (
    <>
      <h2>
        {before}
        <bdi dir="ltr">{callback.address}</bdi>
        {behind}
      </h2>
      <p>{callback.not_before ? after(Date.parse(callback.not_before)) : waitText(chat)}</p>
      <p class="quiet meta">{say(texts.agreed_hint)}</p>
      {problem && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <div class="row">
        <button type="button" class="button" onClick={onChange}>
          {say(texts.change)}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            setProblem("");
            takeBack(chat)
              .then(focusCard)
              .catch((error: unknown) => setProblem(refusalOf(error)));
          }}
        >
          {say(texts.take_back)}
        </button>
      </div>
    </>
  );
}
