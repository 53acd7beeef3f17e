import { isolate, LANGUAGE_NAMES, useFormat } from "@wasl/i18n";
import { Button, IconButton, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import { FlaskConical, Globe, Phone, Play as PlayIcon, RotateCcw, Route, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { usePhone } from "../../simulation/phone.ts";
import type { Words } from "../words.ts";
import { PlayChat } from "./chat.tsx";
import { PlayKeypad } from "./keypad.tsx";
import { PlayPath } from "./path.tsx";
import { PlaySettings } from "./settings.tsx";
import type { Play } from "./use-play.ts";

const VIEWS = ["chat", "phone", "path"] as const;
type View = (typeof VIEWS)[number];
const ICONS = { chat: Globe, phone: Phone, path: Route };

/** Plays the draft as chat and as keypad at once, with the path it takes. Nothing is sent. */
export default function Simulator(props: {
  play: Play;
  words: Words;
  show: (id: string) => void;
  close: () => void;
}) {
  const { play, words } = props;
  const { t } = words;
  const format = useFormat();
  const [view, setView] = useState<View>("chat");
  const phone = usePhone();
  const { setting, last } = play;
  const at = last?.now ?? setting.at;
  const parts: Record<View, ReactNode> = {
    chat: <PlayChat play={play} words={words} />,
    phone: <PlayKeypad play={play} words={words} />,
    path: <PlayPath play={play} words={words} show={props.show} />,
  };
  return (
    <section
      aria-label={t("flows.simulator")}
      className="flex shrink-0 flex-col border-t border-line bg-surface max-md:absolute max-md:inset-0 max-md:z-20 md:h-84"
    >
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5 max-md:px-3">
        <h2 className="flex items-center gap-2 text-[15px] font-semibold">
          <PlayIcon size={16} aria-hidden="true" className="text-accent-text" />
          {t("flows.simulator")}
        </h2>
        <p className="min-w-0 grow truncate text-[13px] text-ink-2 max-sm:hidden">
          {t("flows.play.set", {
            language: LANGUAGE_NAMES[setting.language],
            channel: setting.channel ? isolate(setting.channel.name) : t("flows.play.any_channel"),
            who: setting.contact ? isolate(setting.contact.name) : t("flows.play.nobody"),
            at: at ? isolate(format.dateTime(at)) : t("common.now"),
          })}
        </p>
        <Pill icon={FlaskConical} className="max-lg:hidden">
          {t("flows.play.nothing_sent")}
        </Pill>
        <PlaySettings play={play} words={words} />
        <Button size="sm" icon={RotateCcw} kbd="R" onPress={play.restart}>
          {t("flows.play.restart")}
        </Button>
        <IconButton icon={X} label={t("common.close")} onPress={props.close} />
      </header>
      {phone && (
        <div className="flex gap-1 border-b border-line p-1.5">
          {VIEWS.map((each) => (
            <Button
              key={each}
              size="sm"
              kind={view === each ? "primary" : "plain"}
              icon={ICONS[each]}
              aria-pressed={view === each}
              className="grow"
              onPress={() => setView(each)}
            >
              {t(`flows.play.${each}`)}
            </Button>
          ))}
        </div>
      )}
      <div className="grid min-h-0 grow md:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)_minmax(0,1.1fr)]">
        {VIEWS.filter((each) => !phone || each === view).map((each) => {
          const Icon = ICONS[each];
          return (
            <section
              key={each}
              aria-label={t(`flows.play.${each}`)}
              className={clsx(
                "flex min-h-0 min-w-0 flex-col gap-2 px-4 py-2.5",
                each !== "chat" && "md:border-s md:border-line",
              )}
            >
              <h3 className="flex items-center gap-1.5 text-[13px] font-semibold max-md:hidden">
                <Icon size={14} aria-hidden="true" className="text-ink-2" />
                {each === "chat" && setting.channel ? (
                  <bdi>{setting.channel.name}</bdi>
                ) : (
                  t(`flows.play.${each}`)
                )}
              </h3>
              {parts[each]}
            </section>
          );
        })}
      </div>
    </section>
  );
}
