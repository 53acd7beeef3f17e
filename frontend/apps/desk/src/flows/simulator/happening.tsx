import { ltr } from "@wasl/i18n";
import { Button, TextField } from "@wasl/ui";
import { Zap } from "lucide-react";
import { type FormEvent, useState } from "react";
import { factOf, factsRead } from "../model/facts.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import type { Play } from "./use-play.ts";

/** Events with words of a contact. */
const WITH_WORDS = new Set(["keyword", "MessageReceived"]);

/** What begins an automation or what a run waits for happens, with what the flow reads of it. */
export function Happens({ on, play, words }: { on: string; play: Play; words: Words }) {
  const { t, maybe } = words;
  const { definition, begun } = play;
  const known = useFlowLanguage().facts(on);
  const at = play.moves.flatMap(({ trace }) => trace).at(-1);
  const facts = factsRead(definition, known, begun ? (at?.flow ? "" : (at?.step ?? "")) : null);
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({});
  const [text, setText] = useState("");
  const reads = WITH_WORDS.has(on) || (!begun && /\bsaid\b/.test(JSON.stringify(definition)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const told = facts
      .map(({ name, wanted }) => [name, (written[name] ?? wanted).trim()] as const)
      .filter(([, value]) => value !== "");
    const values = Object.fromEntries(told.map(([name, value]) => [name, factOf(value)]));
    play.happen({ on, facts: values, text });
  };
  return (
    <form
      onSubmit={submit}
      className="flex max-h-40 shrink-0 flex-wrap items-end gap-2 overflow-y-auto rounded-xl border border-line bg-sunken p-2.5 scroll-thin"
    >
      {(facts.length > 0 || reads) && (
        <fieldset className="flex min-w-0 flex-wrap gap-2 *:w-40">
          <legend className="sr-only">{t("flows.play.facts")}</legend>
          {reads && (
            <TextField
              label={t("flows.play.said")}
              value={text}
              onChange={setText}
              maxLength={4000}
            />
          )}
          {facts.map(({ name, wanted }) => (
            <TextField
              key={name}
              label={ltr(name)}
              value={written[name] ?? wanted}
              onChange={(value) => setWritten((was) => ({ ...was, [name]: value }))}
              maxLength={1000}
              ltr
            />
          ))}
        </fieldset>
      )}
      <Button
        type="submit"
        size="sm"
        icon={Zap}
        isDisabled={play.busy}
        className="h-auto! min-h-9 py-0.5 text-start whitespace-normal!"
      >
        {t("flows.play.happens", { what: maybe(`flows.trigger.on.${on}`, on) })}
      </Button>
    </form>
  );
}
