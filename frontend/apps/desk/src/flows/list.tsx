import { Link } from "@tanstack/react-router";
import type { FlowRow } from "@wasl/api";
import { LANGUAGES, useLocale, useT } from "@wasl/i18n";
import { Button, cardLook, EmptyState } from "@wasl/ui";
import { clsx } from "clsx";
import { Archive, FileUp, Plus, Workflow } from "lucide-react";
import { useRef, useState } from "react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { Failure, Loaded } from "../settings/parts.tsx";
import { useFlows } from "./leading.ts";
import { blankFlow, type Definition, NAME } from "./model/definition.ts";
import { freeKey } from "./model/keys.ts";
import { type Beginning, NewFlow } from "./new-flow.tsx";
import { Row } from "./row.tsx";

/** Where the archived ones are, below `/flows`. */
export const ARCHIVED = "archived";

/** The flows that are in use, or those that are archived. */
export function FlowList({ archived }: { archived: boolean }) {
  const t = useT();
  const flows = useFlows(archived);
  const { language } = useLocale();
  const [beginning, setBeginning] = useState<Beginning | null>(null);
  const failed = useErrorToast();
  const file = useRef<HTMLInputElement>(null);
  const [unread, setUnread] = useState(false);
  const blank = () =>
    setBeginning({
      key: "",
      definition: blankFlow({}, [language, ...LANGUAGES.filter((each) => each !== language)]),
    });
  const read = async (chosen: File | undefined) => {
    setUnread(false);
    try {
      const definition = JSON.parse((await chosen?.text()) ?? "") as Definition;
      if (typeof definition.steps !== "object") throw new Error("no flow");
      setBeginning({ key: keyFrom(chosen?.name ?? ""), definition });
    } catch {
      setUnread(true);
    }
  };
  const taken = (flows.data?.items ?? []).map(({ key }) => key);
  const duplicate = (flow: FlowRow) =>
    api
      .call("GET /flows/{id}", { path: { id: flow.id } })
      .then(
        ({ draft }) =>
          setBeginning({ key: freeKey(flow.key, taken), definition: draft as Definition }),
        failed,
      );
  return (
    <main className="relative min-w-0 grow overflow-y-auto bg-canvas p-4 md:p-5" data-pane>
      <div className="mx-auto flex min-h-full max-w-5xl flex-col">
        <header className="mb-3 flex flex-wrap items-center gap-2">
          <div className="min-w-40 grow basis-0">
            <h1 className="text-lg leading-7 font-semibold">{t("shell.flows")}</h1>
            <p className="text-[13px] text-ink-2">{t("flows.lead")}</p>
          </div>
          <Button icon={FileUp} onPress={() => file.current?.click()}>
            {t("flows.import")}
          </Button>
          <input
            ref={file}
            type="file"
            accept="application/json,.json"
            aria-label={t("flows.import")}
            tabIndex={-1}
            className="hidden"
            onChange={(event) => {
              void read(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
          <Button kind="primary" icon={Plus} onPress={blank}>
            {t("flows.add")}
          </Button>
        </header>
        {unread && <Failure className="mb-3">{t("flows.import_unread")}</Failure>}
        <nav aria-label={t("flows.which")} className="mb-3 flex gap-1">
          {[false, true].map((each) => (
            <Link
              key={String(each)}
              to="/flows/$"
              params={{ _splat: each ? ARCHIVED : "" }}
              activeOptions={{ exact: true }}
              aria-current={each === archived ? "page" : undefined}
              className="rounded-lg px-2.5 py-1 text-[13px] text-ink-2 hover:bg-sunken aria-[current]:bg-accent-soft aria-[current]:font-medium aria-[current]:text-accent-text"
            >
              {t(each ? "flows.archived" : "flows.in_use")}
            </Link>
          ))}
        </nav>
        <Loaded query={flows}>
          {({ items }) =>
            items.length ? (
              <ul className={clsx(cardLook, "overflow-hidden")}>
                {items.map((flow) => (
                  <Row key={flow.id} flow={flow} duplicate={() => void duplicate(flow)} />
                ))}
              </ul>
            ) : archived ? (
              <EmptyState icon={Archive} title={t("flows.archived_none")}>
                {t("flows.archived_none_text")}
              </EmptyState>
            ) : (
              <EmptyState
                icon={Workflow}
                title={t("flows.none")}
                actions={
                  <Button kind="primary" icon={Plus} onPress={blank}>
                    {t("flows.add")}
                  </Button>
                }
              >
                {t("flows.none_text")}
              </EmptyState>
            )
          }
        </Loaded>
      </div>
      {beginning && <NewFlow beginning={beginning} close={() => setBeginning(null)} />}
    </main>
  );
}

const keyFrom = (fileName: string) => {
  const key = fileName
    .toLowerCase()
    .replace(/\.json$/, "")
    .replace(/[^a-z0-9_]+/g, "_")
    .slice(0, 40);
  return NAME.test(key) ? key : "";
};
