import { getLocalTimeZone, now, parseAbsolute } from "@internationalized/date";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "@wasl/i18n";
import {
  ChannelBadge,
  fieldLook,
  IconButton,
  labelLook,
  Popover,
  Select,
  Switch,
  TextField,
} from "@wasl/ui";
import { Search, Settings2, X } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { DateField, DateInput, DateSegment, Label, Button as Press } from "react-aria-components";
import { useContactSearch } from "../../contacts/list.tsx";
import { useChannelName } from "../../names.ts";
import { useChannels } from "../../settings/queries.ts";
import type { Words } from "../words.ts";
import type { Play } from "./use-play.ts";

const ANY = "-";

/** Who plays the contact, in which language, when, and on which channel. */
export function PlaySettings({ play, words }: { play: Play; words: Words }) {
  const { t } = words;
  const { setting, set } = play;
  return (
    <Popover
      label={t("flows.play.settings")}
      placement="top end"
      trigger={<IconButton icon={Settings2} label={t("flows.play.settings")} />}
      className="w-80 p-4!"
    >
      <div className="grid gap-4">
        <Select
          label={t("flows.play.language")}
          items={LANGUAGES.map((id) => ({ id, label: LANGUAGE_NAMES[id] }))}
          value={setting.language}
          onChange={(id) => set({ language: id as Language })}
        />
        <ChannelChoice play={play} words={words} />
        <div className="grid gap-2">
          <Switch
            isSelected={setting.at === null}
            onChange={(on) =>
              set({ at: on ? null : now(getLocalTimeZone()).toDate().toISOString() })
            }
          >
            {t("flows.play.at_now")}
          </Switch>
          {setting.at !== null && (
            <DateField
              granularity="minute"
              hideTimeZone
              hourCycle={24}
              value={parseAbsolute(setting.at, getLocalTimeZone())}
              onChange={(value) => value && set({ at: value.toDate().toISOString() })}
            >
              <Label className={labelLook}>{t("flows.play.at")}</Label>
              <DateInput className={`${fieldLook} block! h-9 px-3 py-1.5`}>
                {(segment) => (
                  <DateSegment
                    segment={segment}
                    className="inline rounded px-0.5 tabular-nums outline-none data-focused:bg-accent data-focused:text-accent-ink data-placeholder:text-ink-3"
                  />
                )}
              </DateInput>
            </DateField>
          )}
        </div>
        {setting.contact ? (
          <p className="flex items-center gap-2 text-sm">
            <span className="grow truncate">
              {t("flows.play.contact")}: <bdi>{setting.contact.name}</bdi>
            </span>
            <IconButton
              icon={X}
              size="sm"
              label={t("flows.play.nobody")}
              onPress={() => set({ contact: null })}
            />
          </p>
        ) : (
          <ContactChoice words={words} choose={(contact) => set({ contact })} />
        )}
      </div>
    </Popover>
  );
}

function ChannelChoice({ play, words }: { play: Play; words: Words }) {
  const { t } = words;
  const channels = useChannels().data ?? [];
  const kindName = useChannelName();
  return (
    <Select
      label={t("flows.play.channel")}
      description={t("flows.play.channel_about")}
      items={[
        { id: ANY, label: t("flows.play.any_channel") },
        ...channels.map(({ id, name, kind }) => ({
          id,
          label: name,
          description: kindName(kind),
          start: <ChannelBadge kind={kind} size={18} />,
        })),
      ]}
      value={play.setting.channel?.id ?? ANY}
      onChange={(id) => play.set({ channel: channels.find((each) => each.id === id) ?? null })}
    />
  );
}

function ContactChoice(props: {
  words: Words;
  choose: (contact: { id: string; name: string }) => void;
}) {
  const { t } = props.words;
  const [text, setText] = useState("");
  const found = useContactSearch(useDeferredValue(text.trim()));
  const rows = found.data?.pages[0]?.items.slice(0, 5) ?? [];
  return (
    <div className="grid gap-1">
      <TextField
        label={t("flows.play.contact")}
        description={t("flows.play.contact_about")}
        icon={Search}
        value={text}
        onChange={setText}
      />
      <ul>
        {text.trim() !== "" &&
          rows.map(({ id, name }) => (
            <li key={id}>
              <Press
                onPress={() => props.choose({ id, name })}
                className="w-full truncate rounded-lg px-2 py-1 text-start text-sm data-hovered:bg-sunken"
              >
                <bdi>{name}</bdi>
              </Press>
            </li>
          ))}
      </ul>
    </div>
  );
}
