import { useT } from "@wasl/i18n";
import { Button, TextField } from "@wasl/ui";
import { FileUp } from "lucide-react";
import { useRef, useState } from "react";
import { Failure } from "../parts.tsx";
import { decodeText } from "./csv.ts";

/** More than the largest table has; what is larger is something else. */
const MOST_BYTES = 64 << 20;

/** Where a table comes from: a file, or a spreadsheet's cells. */
export function ImportSource(props: {
  text: string;
  change: (text: string) => void;
  take: (text: string) => void;
}) {
  const t = useT();
  const file = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) return setFailure(t("error.attachment_too_large"));
    try {
      props.take(decodeText(await chosen.arrayBuffer()));
    } catch {
      setFailure(t("settings.record.unread"));
    }
  };
  return (
    <form
      noValidate
      autoComplete="off"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        props.take(props.text);
      }}
    >
      <Button
        kind="primary"
        icon={FileUp}
        className="self-start"
        onPress={() => file.current?.click()}
      >
        {t("settings.record.file")}
      </Button>
      <input
        ref={file}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
        aria-label={t("settings.record.file")}
        tabIndex={-1}
        className="hidden"
        onChange={(event) => {
          void read(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {failure && <Failure>{failure}</Failure>}
      <TextField
        label={t("settings.record.paste")}
        description={t("settings.record.paste_about")}
        value={props.text}
        onChange={props.change}
        rows={8}
      />
      <Button type="submit" className="self-start" isDisabled={!props.text.trim()}>
        {t("settings.record.check")}
      </Button>
    </form>
  );
}
