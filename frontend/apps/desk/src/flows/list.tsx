import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { FlowRow } from "@wasl/api";
import { isolate, LANGUAGES, useFormat, useLocale, useT } from "@wasl/i18n";
import {
  Button,
  ChannelBadge,
  cardLook,
  Dialog,
  EmptyState,
  IconButton,
  Ltr,
  MenuButton,
  Pill,
  Select,
  TextField,
} from "@wasl/ui";
import { clsx } from "clsx";
import {
  Copy,
  Download,
  FileUp,
  MoreVertical,
  OctagonAlert,
  Plus,
  Workflow,
  Zap,
} from "lucide-react";
import { useRef, useState } from "react";
import { useErrorText, useErrorToast } from "../errors.ts";
import { api, queryClient } from "../ground.ts";
import { Failure, Loaded } from "../settings/parts.tsx";
import { useChannels } from "../settings/queries.ts";
import { download } from "./download.ts";
import { useFlowName, useFlows } from "./leading.ts";
import { blankFlow, type Definition, NAME } from "./model/definition.ts";
import { freeKey, keyFor, LONGEST_KEY } from "./model/keys.ts";

const GRID = "md:grid-cols-[minmax(0,1.6fr)_6.5rem_minmax(0,1fr)_minmax(0,1fr)_auto]";

/** What a new flow begins as. */
interface Beginning {
  key: string;
  definition: Definition;
}

export function FlowList() {
  const t = useT();
  const flows = useFlows();
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
        <Loaded query={flows}>
          {({ items }) =>
            items.length ? (
              <ul className={clsx(cardLook, "overflow-hidden")}>
                {items.map((flow) => (
                  <Row key={flow.id} flow={flow} duplicate={() => void duplicate(flow)} />
                ))}
              </ul>
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

function Row({ flow, duplicate }: { flow: FlowRow; duplicate: () => void }) {
  const t = useT();
  const format = useFormat();
  const channels = useChannels();
  const failed = useErrorToast();
  const navigate = useNavigate();
  const name = useFlowName()(flow);
  const leads = (channels.data ?? []).filter(({ id }) => flow.channel_ids.includes(id));
  const save = () =>
    api
      .call("GET /flows/{id}", { path: { id: flow.id } })
      .then(({ draft }) => download(flow.key, draft as Definition), failed);
  const { live, totals } = flow;
  const met = flow.channel_ids.length > 0 || flow.trigger !== null;
  return (
    <li
      className={clsx(
        "relative grid gap-x-4 gap-y-1 border-b border-line/70 px-4 py-3 last:border-0 hover:bg-sunken md:items-center",
        "grid-cols-[minmax(0,1fr)_auto]",
        GRID,
      )}
    >
      <div className="min-w-0">
        <Link
          to="/flows/$"
          params={{ _splat: flow.id }}
          dir="auto"
          className="bidi-line block truncate font-medium after:absolute after:inset-0"
        >
          {name}
        </Link>
        <Ltr className="text-xs text-ink-2">{flow.key}</Ltr>
      </div>
      <span className="justify-self-end md:justify-self-start">
        {flow.published ? (
          <Pill tone={met ? "accent" : "neutral"}>
            {t(met ? "flows.live" : "flows.published", { n: flow.published })}
          </Pill>
        ) : (
          <Pill className="border border-dashed border-line-strong bg-transparent!">
            {t("flows.draft")}
          </Pill>
        )}
      </span>
      <span className="flex min-w-0 items-center gap-1.5 text-[13px] text-ink-2 max-md:col-span-2">
        {leads.map((channel) => (
          <ChannelBadge key={channel.id} kind={channel.kind} size={18} />
        ))}
        <span dir="auto" className="bidi-line truncate">
          {leads.length
            ? format.list(leads.map((each) => isolate(each.name)))
            : t(flow.trigger ? "flows.trigger" : "flows.leads_none")}
        </span>
      </span>
      <span className="text-[13px] text-ink-2 max-md:pe-8">
        {totals.runs > 0
          ? t("flows.runs_contained", {
              n: totals.runs,
              share: isolate(totals.ended ? format.percent(totals.contained / totals.ended) : "–"),
            })
          : t("flows.runs_none")}
        {live && flow.published !== null && live.runs < totals.runs && (
          <span className="block text-xs">
            {t("flows.runs_of_live", { n: flow.published, runs: live.runs })}
          </span>
        )}
      </span>
      <span className="flex items-center justify-end gap-1.5 max-md:absolute max-md:end-2 max-md:bottom-2 md:min-w-32">
        {flow.errors > 0 && (
          <span className="inline-flex items-center gap-1 rounded-md bg-ink px-2 text-xs leading-5 font-medium text-surface">
            <OctagonAlert size={12} aria-hidden="true" />
            {t("flows.errors", { n: flow.errors })}
          </span>
        )}
        {flow.warnings > 0 && <Pill>{t("flows.warnings", { n: flow.warnings })}</Pill>}
        <span className="relative">
          <MenuButton
            label={t("flows.more", { name: isolate(name) })}
            trigger={
              <IconButton icon={MoreVertical} label={t("flows.more", { name: isolate(name) })} />
            }
            actions={[
              ...(flow.trigger && flow.published
                ? [
                    {
                      id: "runs",
                      label: t("flows.runs.title"),
                      icon: Zap,
                      run: () =>
                        void navigate({ to: "/flows/$", params: { _splat: `${flow.id}/runs` } }),
                    },
                  ]
                : []),
              { id: "copy", label: t("flows.duplicate"), icon: Copy, run: duplicate },
              {
                id: "save",
                label: t("flows.export"),
                icon: Download,
                run: () => void save(),
              },
            ]}
          />
        </span>
      </span>
    </li>
  );
}

const BLANK = "-";

function NewFlow({ beginning, close }: { beginning: Beginning; close: () => void }) {
  const t = useT();
  const text = useErrorText();
  const navigate = useNavigate();
  const { language } = useLocale();
  const [name, setName] = useState(beginning.definition.name?.[language] ?? "");
  const [key, setKey] = useState(beginning.key);
  const [failure, setFailure] = useState<string | null>(null);
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const templates = useQuery({
    queryKey: ["flow-templates"],
    queryFn: () => api.call("GET /flows/templates"),
    retry: false,
  });
  const [template, setTemplate] = useState(BLANK);
  const flows = useQuery({ queryKey: ["flows"], queryFn: () => api.call("GET /flows") });
  const taken = (flows.data?.items ?? []).map((flow) => flow.key);
  const [ownKey, setOwnKey] = useState(beginning.key !== "");
  const call = (next: string) => {
    setName(next);
    if (!ownKey) setKey(keyFor(next, taken));
  };
  const choose = (chosen: string) => {
    setTemplate(chosen);
    const found = templates.data?.items.find((each) => each.key === chosen);
    if (!found) return;
    setName(found.names[language] ?? found.key);
    setKey(freeKey(found.key, taken));
  };
  const badKey = checked && !NAME.test(key) ? t("flows.key_wrong") : null;
  const make = async () => {
    setChecked(true);
    if (!NAME.test(key) || !name.trim()) return;
    setBusy(true);
    try {
      const chosen = templates.data?.items.find((each) => each.key === template);
      const from = (chosen?.definition ?? beginning.definition) as Definition;
      const definition = { ...from, name: { ...from.name, [language]: name.trim() } };
      const made = await api.call("POST /flows", { body: { key, definition } });
      void queryClient.invalidateQueries({ queryKey: ["flows"] });
      await navigate({ to: "/flows/$", params: { _splat: made.id } });
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("flows.add")}
      isOpen
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t("common.cancel")}</Button>
          <Button kind="primary" isPending={busy} type="submit" form="new-flow">
            {t("flows.create")}
          </Button>
        </>
      }
    >
      <form
        id="new-flow"
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        {beginning.key === "" && templates.data && (
          <Select
            label={t("flows.begin_from")}
            items={[
              { id: BLANK, label: t("flows.blank") },
              ...templates.data.items.map((each) => ({
                id: each.key,
                label: each.names[language] ?? each.key,
                description: each.about[language] ?? "",
              })),
            ]}
            value={template}
            onChange={choose}
          />
        )}
        <TextField
          label={t("flows.name")}
          description={t("flows.name_about")}
          value={name}
          onChange={call}
          error={checked && !name.trim() ? t("settings.fault.required") : null}
          maxLength={120}
          autoFocus
          isRequired
        />
        <TextField
          label={t("flows.key")}
          description={t("flows.key_about", { most: LONGEST_KEY })}
          ltr
          value={key}
          onChange={(next) => {
            setKey(next);
            setOwnKey(next !== "");
          }}
          error={badKey}
          maxLength={LONGEST_KEY}
          isRequired
        />
        {failure && <Failure>{failure}</Failure>}
      </form>
    </Dialog>
  );
}
