import { useT } from "@wasl/i18n";
import { Button } from "@wasl/ui";
import { History } from "lucide-react";
import { useEffect, useState } from "react";
import { difference, isSame } from "../model/difference.ts";
import type { Draft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import { isSettled, type Restored, restoredOf, settle } from "./again.ts";
import { useVersion } from "./use-heat.ts";

/** An old version is live again while the draft is another one: publishing would undo that. */
export function RestoredBar({ draft }: { draft: Draft }) {
  const version = restoredOf(draft.flow);
  if (!version || isSettled(draft.flow.id, version.n)) return null;
  return <Differs key={version.n} draft={draft} version={version} />;
}

function Differs({ draft, version }: { draft: Draft; version: Restored }) {
  const t = useT();
  const language = useFlowLanguage();
  const [closed, setClosed] = useState(false);
  const { flow, definition, edit } = draft;
  const { data } = useVersion(flow.id, version.n);
  const same = data && language.known ? isSame(difference(data, definition, language)) : null;
  useEffect(() => {
    // from now on the draft begins at what is live, and differs only by what is drawn since
    if (same) settle(flow.id, version.n);
  }, [same, flow.id, version.n]);
  if (same !== false || closed || !data) return null;
  const close = () => {
    settle(flow.id, version.n);
    setClosed(true);
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
      <Button
        size="sm"
        onPress={() => {
          edit(() => data);
          close();
        }}
      >
        {t("flows.take_version", { n: version.n })}
      </Button>
    </div>
  );
}
