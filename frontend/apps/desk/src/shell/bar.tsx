import { isolate, useFormat, useT } from "@wasl/i18n";
import { channelIcon, IconButton, Ltr } from "@wasl/ui";
import { Keyboard, Search } from "lucide-react";
import { runCommand } from "../keys/commands.ts";
import { keyFor } from "../keys/keys.tsx";
import { useMeScope } from "../me-scope.ts";
import { useChannelName } from "../names.ts";
import { PresenceMenu } from "./presence-menu.tsx";

/** The 44 px bar on top of the frame: always there, so that nothing below it jumps. */
export function Bar() {
  const t = useT();
  const format = useFormat();
  const channelName = useChannelName();
  const { agent } = useMeScope();
  return (
    <section
      aria-label={t("desk.presence")}
      className="flex h-11 shrink-0 items-center gap-3 border-b border-line bg-surface px-3 md:px-4"
    >
      {agent && <PresenceMenu agent={agent} />}
      {agent && agent.load.length > 0 && (
        <>
          <span className="h-4 w-px bg-line" />
          {/* what does not fit goes to a second line, which is not shown: no count is cut in two */}
          <ul className="flex h-5 min-w-0 flex-wrap gap-x-3 overflow-hidden">
            {agent.load.map(({ kind, used, capacity }) => {
              const Icon = channelIcon(kind);
              const label = t("desk.load", { channel: isolate(channelName(kind)), used, capacity });
              return (
                <li
                  key={kind}
                  title={label}
                  className="flex h-5 items-center gap-1 text-xs text-ink-2"
                >
                  <Icon size={14} aria-hidden="true" className="text-ink-3" />
                  <Ltr className="num">
                    <span aria-hidden="true">
                      {format.number(used)}/{format.number(capacity)}
                    </span>
                  </Ltr>
                  <span className="sr-only">{label}</span>
                </li>
              );
            })}
          </ul>
        </>
      )}
      <span className="grow" />
      <IconButton
        icon={Search}
        label={t("desk.palette")}
        kbd={keyFor("palette")}
        onPress={() => runCommand("palette")}
      />
      <IconButton
        icon={Keyboard}
        label={t("shell.shortcuts")}
        kbd={keyFor("help")}
        onPress={() => runCommand("help")}
        className="hidden md:grid"
      />
    </section>
  );
}
