import { useT } from "@wasl/i18n";
import { Button } from "@wasl/ui";
import { Archive } from "lucide-react";
import { useArchive } from "../archive.ts";
import { useFlows } from "../leading.ts";
import type { Draft } from "../use-draft.ts";

/** What is drawn is archived: it can be read, and taken back. */
export function ArchivedBar({ draft }: { draft: Draft }) {
  const t = useT();
  const archive = useArchive();
  const { flow } = draft;
  const archived = useFlows(true);
  const isArchived = archived.data?.items.some(({ id }) => id === flow.id) ?? flow.archived_at;
  if (!isArchived) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-2 border-b border-line bg-sunken px-4 py-2 text-[13px]"
    >
      <Archive size={16} aria-hidden="true" className="shrink-0 text-ink-2" />
      <span className="min-w-40 grow basis-0">{t("flows.is_archived")}</span>
      <Button size="sm" onPress={() => void archive(flow, false)}>
        {t("flows.restore_archived")}
      </Button>
    </div>
  );
}
