import { getLocalTimeZone, now, type ZonedDateTime } from "@internationalized/date";
import type { FlowProblem } from "@wasl/api";
import { isolate, LANGUAGE_NAMES, useFormat } from "@wasl/i18n";
import { Button, Dialog, fieldLook, labelLook, Switch, toast } from "@wasl/ui";
import { CalendarClock, Languages, Lock, Rocket } from "lucide-react";
import { useState } from "react";
import { DateField, DateInput, DateSegment, Label } from "react-aria-components";
import { useErrorText } from "../../errors.ts";
import { api, queryClient } from "../../ground.ts";
import { Failure } from "../../settings/parts.tsx";
import { ProblemList } from "../builder/problem-list.tsx";
import { SHOP, useLeading, useShopChannel } from "../leading.ts";
import { inTheWay, isUnsaid, wholeLanguages } from "../model/texts.ts";
import type { Draft } from "../use-draft.ts";
import type { Words } from "../words.ts";

/** Publishing is locked while there is an error, and says which. */
export function Publish(props: {
  draft: Draft;
  words: Words;
  show: (id: string) => void;
  settings: () => void;
}) {
  const { draft, words } = props;
  const { t } = words;
  const [asking, setAsking] = useState(false);
  const wrong = inTheWay(draft.definition, draft.problems);
  const number = (draft.flow.versions[0]?.number ?? 0) + 1;
  const close = () => setAsking(false);
  return (
    <>
      <Button
        kind={wrong.length ? "plain" : "primary"}
        icon={wrong.length ? Lock : Rocket}
        onPress={() => setAsking(true)}
      >
        {t("flows.publish_n", { n: number })}
      </Button>
      {asking && wrong.length > 0 && (
        <WaitsDialog
          {...props}
          wrong={wrong}
          show={(step) => {
            close();
            if (step === null) props.settings();
            else props.show(step);
          }}
          close={close}
        />
      )}
      {asking && wrong.length === 0 && (
        <PublishDialog draft={draft} words={words} number={number} close={close} />
      )}
    </>
  );
}

/** What publishing waits for; languages that lack texts may wait instead. */
function WaitsDialog(props: {
  draft: Draft;
  words: Words;
  wrong: readonly FlowProblem[];
  show: (step: string | null) => void;
  close: () => void;
}) {
  const { draft, words, wrong, show, close } = props;
  const { t } = words;
  const format = useFormat();
  const whole = wholeLanguages(draft.definition, wrong);
  const languages = format.list(whole.map((language) => isolate(LANGUAGE_NAMES[language])));
  return (
    <Dialog
      title={t("flows.publish_waits")}
      isOpen
      onClose={close}
      footer={
        <>
          {whole.length === 0 && <Button onPress={close}>{t("common.close")}</Button>}
          {wrong.some(isUnsaid) && (
            <Button icon={Languages} onPress={() => show(null)}>
              {t("flows.choose_languages")}
            </Button>
          )}
          {whole.length > 0 && (
            <Button
              kind="primary"
              onPress={() => draft.edit((was) => ({ ...was, languages: whole }))}
            >
              {t("flows.speak_only", { languages })}
            </Button>
          )}
        </>
      }
    >
      {whole.length > 0 && (
        <p className="mb-2 text-sm text-ink-2">
          {t("flows.speak_only_about", { languages, n: whole.length })}
        </p>
      )}
      <ProblemList problems={wrong} words={words} show={show} />
    </Dialog>
  );
}

function PublishDialog(props: { draft: Draft; words: Words; number: number; close: () => void }) {
  const { draft, words, number, close } = props;
  const { t } = words;
  const format = useFormat();
  const text = useErrorText();
  const [later, setLater] = useState(false);
  const [at, setAt] = useState<ZonedDateTime>(() =>
    now(getLocalTimeZone()).add({ days: 1 }).set({ hour: 8, minute: 0, second: 0, millisecond: 0 }),
  );
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const { flow, definition } = draft;
  const leading = useLeading(flow);
  const shop = useShopChannel();
  const warnings = draft.problems.filter(({ warning }) => warning);
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    try {
      await act();
      void queryClient.invalidateQueries({ queryKey: ["flows"] });
      close();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  const plan = async (when: string | null) => {
    await draft.save();
    const answer = await api.call("PUT /flows/{id}/schedule", {
      path: { id: flow.id },
      body: { version: draft.version(), at: when },
    });
    draft.take(answer);
    toast(
      when === null
        ? t("flows.not_planned")
        : t("flows.planned", { at: isolate(format.dateTime(when)) }),
    );
  };
  const publish = async () => {
    await draft.save();
    const answer = await api.call("POST /flows/{id}/publish", {
      path: { id: flow.id },
      body: { version: draft.version() },
    });
    draft.take(answer);
    const n = answer.published ?? 0;
    const met = leading.length > 0 || definition.trigger;
    const tried = shop && leading.includes(shop.id);
    toast(
      t(met ? "flows.is_live" : "flows.is_published", { n }),
      tried
        ? {
            action: {
              label: t("flows.try_as_visitor"),
              run: () => void window.open(SHOP, "_blank", "noreferrer"),
            },
          }
        : {},
    );
  };
  return (
    <Dialog
      title={t("flows.publish_n", { n: number })}
      isOpen
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            icon={later ? CalendarClock : Rocket}
            isPending={busy}
            onPress={() => void run(later ? () => plan(at.toDate().toISOString()) : publish)}
          >
            {t(later ? "flows.plan" : "flows.publish")}
          </Button>
        </>
      }
    >
      <div className="grid gap-3 text-sm">
        <p className="text-ink-2">
          {t(leading.length ? "flows.publish_about" : "flows.publish_alone")}
        </p>
        {warnings.length > 0 && (
          <ul className="grid gap-1 rounded-lg border border-line bg-sunken px-3 py-2 text-[13px]">
            {warnings.slice(0, 5).map((problem, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a problem has no other name
              <li key={n}>
                {problem.step !== null && `${words.stepName(problem.step)}: `}
                {words.problem(problem)}
              </li>
            ))}
          </ul>
        )}
        {flow.publish_at && (
          <p className="flex flex-wrap items-center gap-2 rounded-lg border border-line px-3 py-2 text-[13px]">
            <CalendarClock size={15} aria-hidden="true" />
            <span className="grow">
              {t("flows.planned", { at: isolate(format.dateTime(flow.publish_at)) })}
            </span>
            <Button size="sm" onPress={() => void run(() => plan(null))}>
              {t("flows.unplan")}
            </Button>
          </p>
        )}
        <Switch isSelected={later} onChange={setLater}>
          {t("flows.later_on")}
        </Switch>
        {later && (
          <DateField
            granularity="minute"
            hideTimeZone
            hourCycle={24}
            value={at}
            onChange={(value) => value && setAt(value)}
          >
            <Label className={labelLook}>{t("flows.live_at")}</Label>
            <DateInput className={`${fieldLook} block! h-9 px-3 py-1.5`}>
              {(segment) => (
                <DateSegment
                  segment={segment}
                  className="inline rounded px-0.5 tabular-nums outline-none data-focused:bg-accent data-focused:text-accent-ink data-placeholder:text-ink-3"
                />
              )}
            </DateInput>
          </DateField>
        )}
        {failure && <Failure>{failure}</Failure>}
      </div>
    </Dialog>
  );
}
