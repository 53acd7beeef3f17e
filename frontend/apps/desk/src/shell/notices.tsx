import { isolate, useFormat, useT } from "@wasl/i18n";
import { Bidi, Button } from "@wasl/ui";
import { Check, Megaphone } from "lucide-react";
import { useState } from "react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useNotices } from "../me-scope.ts";

const MOST = 3; // the next ones come as these are read

/** What a supervisor tells many at once: above the page until it is read or over. */
export function Notices() {
  const t = useT();
  const format = useFormat();
  const fail = useErrorToast();
  const notices = useNotices().slice(0, MOST);
  const [reading, setReading] = useState<string | null>(null);
  const read = async (id: string) => {
    setReading(id);
    await api.call("POST /notices/{id}/read", { path: { id } }).catch(fail);
    setReading(null);
  };
  return (
    <div role="status" aria-label={t("shell.notices")} className="shrink-0">
      {notices.map(({ id, text, by, at }) => (
        <div
          key={id}
          className="flex items-start gap-3 border-b border-note-line bg-note px-4 py-2 text-[13px]"
        >
          <Megaphone size={16} aria-hidden="true" className="icon-flip mt-0.5 shrink-0" />
          <div className="min-w-0 grow">
            <p dir="auto" className="bidi-line wrap-anywhere max-h-24 overflow-y-auto font-medium">
              <Bidi>{text}</Bidi>
            </p>
            <p className="text-xs text-ink-2">
              {t("shell.notice_by", {
                name: isolate(by.name || t("common.someone")),
                time: format.dateTime(at),
              })}
            </p>
          </div>
          <Button size="sm" icon={Check} isPending={reading === id} onPress={() => void read(id)}>
            {t("shell.notice_read")}
          </Button>
        </div>
      ))}
    </div>
  );
}
