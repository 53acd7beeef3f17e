import { isolate, useT } from "@wasl/i18n";
import { Footprints } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "react-aria-components";
import { allTexts } from "../../preferences.tsx";

const TraceDialog = lazy(() => allTexts.then(() => import("../../flows/trace/dialog.tsx")));

/** Below the last of what a flow did here: its steps, one by one. */
export function RunSteps(props: { conversation: string; run: string; name: string }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        onPress={() => setOpen(true)}
        className="inline-flex max-w-full items-center gap-1.5 self-center rounded-lg px-2 py-0.5 text-xs text-ink-2 data-hovered:bg-sunken data-hovered:text-ink"
      >
        <Footprints size={13} aria-hidden="true" className="shrink-0" />
        <span className="truncate">
          {t("desk.show_steps", { name: isolate(props.name || t("desk.flow")) })}
        </span>
      </Button>
      {open && (
        <Suspense>
          <TraceDialog
            conversation={props.conversation}
            run={props.run}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}
