import type { Channel } from "@wasl/api";
import { useT } from "@wasl/i18n";
import { toast } from "@wasl/ui";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { refresh } from "../queries.ts";

/** Switches a channel off or on, and lets the last word be taken back. */
export function useSwitchChannel() {
  const t = useT();
  const failed = useErrorToast();
  return async (channel: Channel, enabled: boolean) => {
    const set = (to: boolean) =>
      api
        .call("PATCH /channels/{id}", { path: { id: channel.id }, body: { enabled: to } })
        .then(() => refresh("channels"));
    await set(enabled);
    toast(t(enabled ? "settings.channel.switched_on" : "settings.channel.switched_off"), {
      action: { label: t("settings.undo"), run: () => void set(!enabled).catch(failed) },
    });
  };
}
