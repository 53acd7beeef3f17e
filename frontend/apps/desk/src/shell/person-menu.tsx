import { isolate, LANGUAGE_NAMES, LANGUAGES, useLocale, useT } from "@wasl/i18n";
import { type Action, Avatar, MenuButton, Tip } from "@wasl/ui";
import { BellRing, LogOut, Monitor, Moon, Sun, Volume2 } from "lucide-react";
import { Button } from "react-aria-components";
import { useDeviceSwitch } from "../device.ts";
import { useErrorToast } from "../errors.ts";
import { api, forgetPerson } from "../ground.ts";
import { useMe } from "../me.ts";
import { usePreferences } from "../preferences.tsx";

const mayAskNotices = () => "Notification" in window && Notification.permission === "default";

export function PersonMenu() {
  const t = useT();
  const { user } = useMe();
  const { language } = useLocale();
  const { theme, setTheme, setLanguage } = usePreferences();
  const failed = useErrorToast();
  const [sound, setSound] = useDeviceSwitch("sound");

  const label = t("shell.me", { name: isolate(user.name) });
  const themes = [
    { id: "system", icon: Monitor },
    { id: "light", icon: Sun },
    { id: "dark", icon: Moon },
  ] as const;
  const actions: Action[] = [
    ...LANGUAGES.map((choice) => ({
      id: choice,
      label: LANGUAGE_NAMES[choice],
      choice: t("shell.language"),
      selected: choice === language,
      run: () => setLanguage(choice),
    })),
    ...themes.map(({ id, icon }, index) => ({
      id,
      icon,
      label: t(`shell.theme_${id}`),
      choice: t("shell.theme"),
      selected: theme === id,
      divided: index === 0,
      run: () => setTheme(id),
    })),
    {
      id: "sound",
      icon: Volume2,
      label: t("desk.sound"),
      selected: sound,
      divided: true,
      run: () => setSound(!sound),
    },
    ...(mayAskNotices()
      ? [
          {
            id: "notices",
            icon: BellRing,
            label: t("desk.notifications"),
            run: () => void Notification.requestPermission(),
          },
        ]
      : []),
    {
      id: "sign_out",
      icon: LogOut,
      label: t("shell.sign_out"),
      divided: true,
      run: () => void api.call("POST /sign-out").then(forgetPerson, failed),
    },
  ];
  return (
    <MenuButton
      label={label}
      placement="top start"
      actions={actions}
      trigger={
        <Tip label={label} placement="end">
          <Button aria-label={label} className="grid size-10 place-items-center rounded-xl md:mt-1">
            <Avatar name={user.name} size={34} />
          </Button>
        </Tip>
      }
    />
  );
}
