import { isolate, ltr } from "@wasl/i18n";
import { Button, MenuButton } from "@wasl/ui";
import { Braces } from "lucide-react";
import { tellable } from "../model/values.ts";
import type { Words } from "../words.ts";

/** A value that the flow knows, put into a text where one writes. */
export function InsertValue(props: { words: Words; insert: (name: string) => void }) {
  const { words, insert } = props;
  const { t } = words;
  return (
    <div className="absolute -top-7.5 end-0">
      <MenuButton
        label={t("flows.insert_value")}
        trigger={
          <Button kind="ghost" size="sm" icon={Braces}>
            {t("flows.insert_value")}
          </Button>
        }
        actions={tellable(words.values).map((value) => ({
          id: value.name,
          label: `${isolate(words.valueName(value))} ${ltr(`{{${value.name}}}`)}`,
          run: () => insert(value.name),
        }))}
      />
    </div>
  );
}
