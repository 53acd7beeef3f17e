import { useT } from "@wasl/i18n";
import { Dialog, Kbd, Switch } from "@wasl/ui";
import { useEffect, useState } from "react";
import { runCommand, useCommand } from "./commands.ts";
import { isApple, keyLabel, SHORTCUTS, shortcutFor } from "./shortcuts.ts";

const APPLE = isApple(navigator.userAgent);
const SINGLE_KEY = "wasl.single_keys";
const singleKeysOn = () => localStorage.getItem(SINGLE_KEY) !== "off";

export const MOD_ENTER = APPLE ? "⌘↵" : "Ctrl ↵";
/** How a command's key is written on this device. */
export function keyFor(command: string): string | undefined {
  const shortcut = SHORTCUTS.find((s) => s.command === command);
  return shortcut && keyLabel(shortcut, APPLE);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));

function movePane() {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter(
    (pane) => pane.offsetParent !== null,
  );
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  panes[(at + 1) % panes.length]?.focus();
}

/** Listens for the keys of the whole desk and shows the list of them. */
export function Keys() {
  const t = useT();
  const [help, setHelp] = useState(false);
  const [single, setSingle] = useState(singleKeysOn);
  useCommand("help", () => setHelp(true));
  useCommand("panes", movePane);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const shortcut = shortcutFor(event, APPLE);
      if (!shortcut || event.defaultPrevented || event.repeat) return;
      if (shortcut.single && (isTyping(event.target) || !singleKeysOn())) return;
      if (runCommand(shortcut.command)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const rows: [string, string][] = [
    ...SHORTCUTS.map((s): [string, string] => [`desk.keys_${s.command}`, keyLabel(s, APPLE)]),
    ["desk.keys_send", MOD_ENTER],
  ];
  return (
    <Dialog title={t("desk.keys_title")} isOpen={help} onClose={() => setHelp(false)} width={520}>
      <dl className="grid gap-x-8 sm:grid-cols-2">
        {rows.map(([id, keys]) => (
          <div
            key={id}
            className="flex items-center justify-between gap-3 border-b border-line/60 py-1.5 text-[13px]"
          >
            <dt>{t(id)}</dt>
            <dd>
              <Kbd>{keys}</Kbd>
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        className="mt-4"
        isSelected={single}
        onChange={(on) => {
          localStorage.setItem(SINGLE_KEY, on ? "on" : "off");
          setSingle(on);
        }}
      >
        {t("desk.keys_single")}
      </Switch>
    </Dialog>
  );
}
