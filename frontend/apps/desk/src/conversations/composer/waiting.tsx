import { useT } from "@wasl/i18n";
import { Button } from "@wasl/ui";
import { CircleAlert, Clock } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Uploads } from "./uploads.tsx";

export interface WaitingForFiles {
  state: "no" | "waiting" | "failed";
  begin: () => void;
  stop: () => void;
}

/**
 * What was sent while files were on their way up leaves when they are there, or not at all. What
 * was to be a reply never leaves as a note, though somebody else has taken the conversation.
 */
export function useWaitingForFiles(
  { uploads, busy }: Uploads,
  mode: "reply" | "note",
  send: () => void,
): WaitingForFiles {
  const [state, setState] = useState<WaitingForFiles["state"]>("no");
  const failed = uploads.some((upload) => upload.error);
  const leave = useRef(send);
  leave.current = send;
  const meant = useRef(mode);
  useEffect(() => {
    if (state === "failed" && !failed) setState("no");
    if (state !== "waiting") return;
    if (mode !== meant.current) setState("no");
    else if (failed) setState("failed");
    else if (!busy) {
      setState("no");
      leave.current();
    }
  }, [state, busy, failed, mode]);
  const begin = () => {
    meant.current = mode;
    setState("waiting");
  };
  return { state, begin, stop: () => setState("no") };
}

export function WaitingLine({ waiting: { state, stop } }: { waiting: WaitingForFiles }) {
  const t = useT();
  const Icon = state === "failed" ? CircleAlert : Clock;
  return (
    <div role="status" className="px-3.5 text-[13px]">
      {state !== "no" && (
        <p className="mb-2 flex items-center gap-2">
          <Icon
            size={15}
            aria-hidden="true"
            className={state === "failed" ? "shrink-0 text-bad" : "shrink-0 text-ink-2"}
          />
          <span className="grow">
            {t(state === "failed" ? "desk.files_failed" : "desk.waiting_files")}
          </span>
          {state === "waiting" && (
            <Button size="sm" kind="ghost" onPress={stop}>
              {t("desk.waiting_files_stop")}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
