import { useNavigate } from "@tanstack/react-router";
import type { ConversationRow } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { useItems, useScope } from "@wasl/realtime";
import { Avatar, Dialog, Ltr, optionLook, TextField } from "@wasl/ui";
import { Search, Zap } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { type Command, runCommand, useOfferedCommands } from "./commands.ts";
import { keyFor } from "./keys.tsx";

const HIDDEN: Command[] = ["palette", "panes"];

interface Entry {
  id: string;
  label: string;
  row: ConversationRow | null;
  run: () => void;
}

/** Mod+K: go to a conversation, or do what can be done on this page. */
export function PaletteDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const commands = useOfferedCommands();
  const rows = useItems<ConversationRow>(useScope("list:all"), "conversation");
  const [text, setText] = useState("");
  const wanted = text.trim().toLocaleLowerCase();

  const entries: Entry[] = [
    ...commands
      .filter((command) => !HIDDEN.includes(command))
      .map((command) => ({
        id: command,
        label: t(`desk.keys_${command}`),
        row: null,
        run: () => void runCommand(command),
      })),
    ...rows.map((row) => ({
      id: row.id,
      label: `${row.contact.name} ${row.number} ${row.subject ?? ""}`,
      row,
      run: () =>
        void navigate({
          to: "/conversations/$id",
          params: { id: row.id },
          search: { view: "all" },
        }),
    })),
  ]
    .filter((entry) => entry.label.toLocaleLowerCase().includes(wanted))
    .slice(0, 12);

  const choose = (id: string | undefined) => {
    const entry = entries.find((each) => each.id === id);
    if (!entry) return;
    onClose();
    // The dialog first gives focus back, then the command moves it on.
    setTimeout(entry.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) choose(entries[0]?.id);
    if (event.key === "ArrowDown" && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>("[role=option]")?.focus();
    }
  };
  return (
    <Dialog title={t("desk.palette")} isOpen onClose={onClose} width={560}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of field and list together */}
      <div onKeyDown={onKeyDown}>
        <TextField
          label={t("desk.palette")}
          hideLabel
          icon={Search}
          autoFocus
          value={text}
          onChange={setText}
        />
        <ListBox
          aria-label={t("desk.palette")}
          items={entries}
          onAction={(key) => choose(String(key))}
          renderEmptyState={() => (
            <p className="px-2 py-3 text-[13px] text-ink-2">{t("desk.palette_none")}</p>
          )}
          className="mt-2 min-h-40 outline-none"
        >
          {(entry) => (
            <ListBoxItem id={entry.id} textValue={entry.label} className={optionLook}>
              {entry.row ? (
                <Avatar name={entry.row.contact.name} size={24} />
              ) : (
                <span className="grid size-6 place-items-center text-ink-2">
                  <Zap size={15} aria-hidden="true" />
                </span>
              )}
              <span className="min-w-0 grow truncate">
                <bdi>{entry.row ? entry.row.contact.name : entry.label}</bdi>
              </span>
              {entry.row ? (
                <Ltr className="text-xs text-ink-2">{entry.row.number}</Ltr>
              ) : (
                <kbd dir="ltr" className="font-sans text-2xs text-ink-2">
                  {keyFor(entry.id)}
                </kbd>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </div>
    </Dialog>
  );
}
