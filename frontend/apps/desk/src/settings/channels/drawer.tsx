import { ApiError, type Channel, type ChannelCheck, type ChannelKind } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Button, Drawer, Select, Switch, TextField, toast } from "@wasl/ui";
import { Check, RefreshCw, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useErrorText } from "../../errors.ts";
import { api } from "../../ground.ts";
import { Ask, Failure, useLeaveGuard } from "../parts.tsx";
import { refresh, useQueues } from "../queries.ts";
import { Answers } from "./answers.tsx";
import { CheckCard } from "./check-card.tsx";
import { Connect } from "./connect.tsx";
import { SchemaForm } from "./form.tsx";
import { Health } from "./health.tsx";
import { useKindName } from "./names.ts";
import {
  type Config,
  type Fault,
  faultsOf,
  filled,
  initialOf,
  openNamed,
  type Path,
  pathOf,
  readSchema,
  setAt,
  tidied,
  valueAt,
  withValue,
} from "./schema.ts";
import { useSwitchChannel } from "./switch.ts";

interface Draft {
  name: string;
  enabled: boolean;
  queue_id: string | null;
  config: Config;
}
const FORM = "channel-form";

/** One channel's settings, beside the list: fill in, test, save. */
export function ChannelDrawer(props: {
  kind: ChannelKind;
  channel: Channel | null;
  close: () => void;
}) {
  const { kind, channel, close } = props;
  const t = useT();
  const text = useErrorText();
  const kindName = useKindName();
  const queues = useQueues();
  const parts = useMemo(() => readSchema(kind.schema), [kind.schema]);
  const saved = useMemo<Draft>(
    () => ({
      name: channel?.name ?? "",
      enabled: channel?.enabled ?? true,
      queue_id: channel?.queue?.id ?? null,
      config: channel ? filled(parts, channel.config) : openNamed(parts, initialOf(parts)),
    }),
    [channel, parts],
  );
  const [draft, setDraft] = useState(saved);
  const [shown, setShown] = useState<ReadonlyMap<string, string>>(new Map());
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState<"test" | "save" | null>(null);
  const [check, setCheck] = useState<{ result: ChannelCheck; of: string } | null>(null);

  const changed = JSON.stringify(draft) !== JSON.stringify(saved);
  const guard = useLeaveGuard(changed);
  const config = tidied(parts, draft.config);
  const tested = JSON.stringify(config);
  const current = check?.of === tested ? check.result : null;
  /** A refused sign-in may only be kept for later, switched off. */
  const blocked = draft.enabled && current !== null && !current.ok;

  const change = (path: Path, value: unknown) => {
    const before = valueAt(saved.config, path);
    const next = value === "" && setAt(before) ? before : value;
    setDraft((d) => ({ ...d, config: openNamed(parts, withValue(d.config, path, next)) }));
    forget(path.join("."));
  };
  const forget = (path: string) =>
    setShown((known) => new Map([...known].filter(([at]) => at !== path)));

  const faultText = (fault: Fault) =>
    t(`settings.fault.${fault.code}`, fault.n === undefined ? {} : { n: fault.n });
  const findFaults = (withName: boolean): boolean => {
    const faults = new Map(
      [...faultsOf(parts, config)].map(([at, fault]) => [at, faultText(fault)] as const),
    );
    if (withName && !draft.name.trim()) faults.set("name", faultText({ code: "required" }));
    setShown(faults);
    return faults.size > 0;
  };

  /** Says a refusal at the field it is about, or above the buttons. */
  const refuse = (error: unknown) => {
    if (!(error instanceof ApiError)) return setFailure(text(error));
    const steps = error.params.steps as unknown;
    if (error.code === "channel_check_failed" && Array.isArray(steps)) {
      const result = { ok: false, warnings: 0, steps, at: new Date().toISOString() };
      return setCheck({ result, of: tested });
    }
    const problems = error.params.problems as unknown;
    if (error.code === "channel_config_invalid" && Array.isArray(problems)) {
      const told = (problems as { field: string; form: string }[]).map(
        ({ field, form }) =>
          [pathOf(field), t("settings.fault.server", { reason: isolate(form) })] as const,
      );
      setShown(new Map(told));
    }
    setFailure(text(error));
  };

  const run = async (what: "test" | "save", work: () => Promise<void>) => {
    setBusy(what);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      refuse(error);
    } finally {
      setBusy(null);
    }
  };

  const test = () =>
    findFaults(false)
      ? undefined
      : run("test", async () => {
          const body = { kind: kind.kind, config, ...(channel ? { channel_id: channel.id } : {}) };
          setCheck({ result: await api.call("POST /channels/check", { body }), of: tested });
        });

  const save = () =>
    findFaults(true) || blocked
      ? undefined
      : run("save", async () => {
          const body = {
            kind: kind.kind,
            name: draft.name.trim(),
            enabled: draft.enabled,
            queue_id: draft.queue_id,
            config,
            unchecked: !draft.enabled,
          };
          const { kind: _kind, ...changes } = body;
          const kept = channel
            ? await api.call("PATCH /channels/{id}", { path: { id: channel.id }, body: changes })
            : await api.call("POST /channels", { body });
          await refresh("channels");
          toast(t("settings.channel.saved", { name: isolate(kept.name) }));
          guard.release();
          close();
        });

  const title = channel
    ? channel.name
    : t("settings.channel.add_kind", { kind: kindName(kind.kind) });
  return (
    <Drawer
      title={title}
      onClose={close}
      footer={
        <>
          <Button
            icon={RefreshCw}
            isPending={busy === "test"}
            isDisabled={busy !== null}
            onPress={() => void test()}
          >
            {t(check ? "settings.check.again" : "settings.check.test")}
          </Button>
          <span className="grow" />
          <Button onPress={close}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            icon={Check}
            type="submit"
            form={FORM}
            isPending={busy === "save"}
            isDisabled={busy !== null || blocked}
          >
            {t("common.save")}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        className="flex flex-col gap-4"
      >
        {channel && <Health channel={channel} />}
        <div className="grid grid-cols-12 gap-3">
          <TextField
            label={t("settings.channel.name")}
            value={draft.name}
            onChange={(name) => {
              setDraft((d) => ({ ...d, name }));
              forget("name");
            }}
            error={shown.get("name") ?? null}
            maxLength={120}
            isRequired
            className="col-span-12 sm:col-span-6"
          />
          <Select
            label={t("settings.channel.queue")}
            items={(queues.data ?? []).map(({ id, name }) => ({ id, label: name }))}
            value={draft.queue_id}
            onChange={(queue_id) => setDraft((d) => ({ ...d, queue_id }))}
            placeholder={t("settings.channel.no_queue")}
            className="col-span-12 sm:col-span-6"
          />
        </div>
        {channel && <Answers channel={channel} />}
        <SchemaForm
          parts={parts}
          form={{ kind: kind.kind, value: draft.config, errors: shown, change }}
        />
        <Switch
          isSelected={draft.enabled}
          onChange={(enabled) => setDraft((d) => ({ ...d, enabled }))}
        >
          <span>
            <span className="block font-medium">{t("settings.channel.enabled")}</span>
            <span className="block text-xs text-ink-2">{t("settings.channel.enabled_help")}</span>
          </span>
        </Switch>
        <CheckCard
          check={check?.result ?? null}
          old={check !== null && !current}
          busy={busy === "test"}
        />
        {blocked && <Failure>{t("settings.check.blocks")}</Failure>}
        {failure && <Failure>{failure}</Failure>}
        {channel && <Connect channel={channel} kind={kind} />}
        {channel && (
          <DropChannel
            channel={channel}
            gone={() => {
              guard.release();
              close();
            }}
          />
        )}
      </form>
      {guard.question}
    </Drawer>
  );
}

function DropChannel({ channel, gone }: { channel: Channel; gone: () => void }) {
  const t = useT();
  const text = useErrorText();
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const switchChannel = useSwitchChannel();
  return (
    <div className="border-t border-line pt-4">
      <Button kind="danger-line" icon={Trash2} onPress={() => setAsked(true)}>
        {t("settings.channel.drop")}
      </Button>
      <Ask
        title={t("settings.channel.drop_title", { name: isolate(channel.name) })}
        action={t("common.delete")}
        danger
        isOpen={asked}
        onClose={() => setAsked(false)}
        run={async () => {
          await api.call("DELETE /channels/{id}", { path: { id: channel.id } });
          await refresh("channels");
          toast(t("settings.channel.dropped", { name: isolate(channel.name) }));
          gone();
        }}
        other={
          channel.enabled && (
            <Button
              onPress={() =>
                void switchChannel(channel, false).then(gone, (error) => setFailure(text(error)))
              }
            >
              {t("settings.channel.switch_off")}
            </Button>
          )
        }
      >
        <p>{t("settings.channel.drop_text")}</p>
        {failure && <Failure className="mt-3">{failure}</Failure>}
      </Ask>
    </div>
  );
}
