import { useT } from "@wasl/i18n";
import { Button } from "@wasl/ui";
import { History } from "lucide-react";
import { difference, isSame } from "../model/difference.ts";
import type { Draft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import { useVersion } from "./use-heat.ts";

/** The old version that went live again, and its number since. */
export interface Restored {
  was: number;
  n: number;
}

/** An old version is live again while the draft is another one: publishing would undo that. */
export function RestoredBar(props: { draft: Draft; version: Restored; close: () => void }) {
  const { draft, version, close } = props;
  const t = useT();
  const language = useFlowLanguage();
  const { flow, definition, edit } = draft;
  const { data } = useVersion(flow.id, version.n);
  const differs =
    flow.published === version.n &&
    data &&
    language.known &&
    !isSame(difference(data, definition, language));
  if (!differs) return null;
  const take = () => {
    edit(() => data);
    close();
  };
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-2 text-[13px]"
    >
      <History size={16} aria-hidden="true" className="shrink-0 text-accent-text" />
      <span className="min-w-40 grow basis-0">{t("flows.draft_differs", { ...version })}</span>
      <Button size="sm" onPress={close}>
        {t("flows.keep_draft")}
      </Button>
      <Button size="sm" onPress={take}>
        {t("flows.take_version", { n: version.n })}
      </Button>
    </div>
  );
}
