import { isolate, useT } from "@wasl/i18n";
import { Button, Drawer, toast } from "@wasl/ui";
import { Check } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useErrorText } from "../errors.ts";
import { Failure, useLeaveGuard } from "./parts.tsx";

/** A form beside its list: saves once, says why it could not, asks before changes are lost. */
export function EditDrawer(props: {
  title: string;
  changed: boolean;
  /** False when something is missing; the form then says what. */
  check: () => boolean | Promise<boolean>;
  /** Answers what to call what was saved; null where it was said already. */
  save: () => Promise<string | null>;
  close: () => void;
  children: ReactNode;
}) {
  const t = useT();
  const text = useErrorText();
  const form = useId();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const guard = useLeaveGuard(props.changed);
  const own = useFocusInside();
  const save = async () => {
    setBusy(true);
    setFailure(null);
    try {
      if (!(await props.check())) return setBusy(false);
      const name = await props.save();
      if (name !== null) toast(t("settings.saved", { name: isolate(name) }));
      guard.release();
      props.close();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Drawer
      title={props.title}
      onClose={props.close}
      footer={
        <>
          <span className="grow" />
          <Button onPress={props.close}>{t("common.cancel")}</Button>
          <Button kind="primary" icon={Check} type="submit" form={form} isPending={busy}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <form
        ref={own}
        id={form}
        tabIndex={-1}
        noValidate
        autoComplete="off"
        className="flex flex-col gap-4 outline-none!"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {props.children}
        {failure && <Failure>{failure}</Failure>}
      </form>
      {guard.question}
    </Drawer>
  );
}

/** Takes the focus, unless a field did; what had it has it again afterwards, or what is left of
 *  the page. */
function useFocusInside() {
  const own = useRef<HTMLFormElement>(null);
  const [from] = useState(() => document.activeElement);
  useEffect(() => {
    const form = own.current;
    if (!form?.contains(document.activeElement)) form?.focus({ preventScroll: true });
    return () => {
      if (document.activeElement !== document.body) return;
      const there = from instanceof HTMLElement && from !== document.body && from.isConnected;
      (there ? from : document.querySelector("main"))?.focus();
    };
  }, [from]);
  return own;
}
