import { useT } from "@wasl/i18n";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import {
  Button as AriaButton,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";

interface Notice {
  text: string;
  bad?: boolean;
  action?: { label: string; run: () => void };
}

const queue = new ToastQueue<Notice>({ maxVisibleToasts: 3 });

/** A short word at the foot of the page. Failures and those with an action stay longer. */
export function toast(text: string, options: Omit<Notice, "text"> = {}) {
  queue.add({ text, ...options }, { timeout: options.bad || options.action ? 10_000 : 5_000 });
}

export function Toasts() {
  const t = useT();
  return (
    <ToastRegion
      queue={queue}
      className="fixed inset-x-0 bottom-20 z-50 mx-auto flex w-fit max-w-[calc(100vw-2rem)] flex-col gap-2 outline-none md:bottom-6"
    >
      {({ toast: item }) => (
        <Toast
          toast={item}
          className="flex animate-rise items-center gap-2.5 rounded-xl bg-ink py-1.5 ps-3.5 pe-1.5 text-sm text-surface shadow-pop"
        >
          {item.content.bad ? (
            <CircleAlert size={16} aria-hidden="true" className="shrink-0" />
          ) : (
            <CircleCheck size={16} aria-hidden="true" className="shrink-0" />
          )}
          <ToastContent className="min-w-0 grow py-1">
            <Text slot="title">{item.content.text}</Text>
          </ToastContent>
          {item.content.action && (
            <AriaButton
              className="rounded-lg px-2 py-1 font-semibold underline underline-offset-2"
              onPress={() => {
                item.content.action?.run();
                queue.close(item.key);
              }}
            >
              {item.content.action.label}
            </AriaButton>
          )}
          <AriaButton
            slot="close"
            aria-label={t("common.close")}
            className="grid size-7 place-items-center rounded-lg"
          >
            <X size={15} aria-hidden="true" />
          </AriaButton>
        </Toast>
      )}
    </ToastRegion>
  );
}
