import { useNavigate } from "@tanstack/react-router";
import type { CompanyRecord, KeptRecordKind } from "@wasl/api";
import { isolate, ltr, useT } from "@wasl/i18n";
import { Button, toast } from "@wasl/ui";
import { useEffect, useRef, useState } from "react";
import { useErrorText } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useKeyedName } from "../keyed-name.ts";
import { Card, Failure, SectionPage, useLeaveGuard } from "../parts.tsx";
import { refresh } from "../queries.ts";
import { KEY_COLUMN, listNames } from "./fields.ts";
import { ImportSource } from "./import-source.tsx";
import {
  batchesOf,
  type LineFault,
  LONGEST_KEY,
  LONGEST_VALUE,
  MOST_ROWS,
  type Plan,
  planImport,
  type TableFault,
} from "./plan.ts";
import { RowsTable } from "./rows-table.tsx";
import { NOTHING_SENT, type Sent, sendParts } from "./sending.ts";

const SHOWN_ROWS = 5;
const SHOWN_FAULTS = 50;

/** `…/<kind>/import`: a table is read here, looked at, and only then sent. */
export function ImportPage({ kind }: { kind: KeptRecordKind }) {
  const t = useT();
  const named = useKeyedName();
  const [text, setText] = useState("");
  const [plan, setPlan] = useState<Plan | null>(null);
  return (
    <SectionPage
      title={t("settings.record.import_title", { name: isolate(named(kind)) })}
      lead={t("settings.record.import_about", {
        fields: listNames([KEY_COLUMN, ...kind.fields]),
      })}
      back={`records/${kind.key}/rows`}
    >
      {plan ? (
        <Look kind={kind} plan={plan} again={() => setPlan(null)} />
      ) : (
        <ImportSource
          text={text}
          change={setText}
          take={(read) => setPlan(planImport(read, kind.fields))}
        />
      )}
    </SectionPage>
  );
}

/** What would be imported and what would not; then how far it is. */
function Look({ kind, plan, again }: { kind: KeptRecordKind; plan: Plan; again: () => void }) {
  const t = useT();
  const faultText = useFaultText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const sending = useSending(kind, plan);
  if (plan.fault)
    return (
      <>
        <Failure className="mb-3">{faultText.table(plan.fault)}</Failure>
        <Button autoFocus className="self-start" onPress={again}>
          {t("settings.record.import_again")}
        </Button>
      </>
    );
  const { rows, faults, key, left, missing } = plan;
  return (
    <>
      <h2 ref={heading} tabIndex={-1} className="mb-2 text-base font-semibold outline-none!">
        {t("settings.record.plan_rows", { n: rows.length })}
      </h2>
      {sending.done !== null && (
        <div className="mb-3">
          <div
            role="progressbar"
            aria-label={t("settings.record.import")}
            aria-valuemin={0}
            aria-valuemax={rows.length}
            aria-valuenow={sending.done}
            className="h-2 overflow-hidden rounded-full bg-line"
          >
            <div
              className="h-full rounded-full bg-accent transition-[inline-size] duration-200"
              style={{ inlineSize: `${(100 * sending.done) / rows.length}%` }}
            />
          </div>
          <p role="status" className="mt-1 text-[13px] text-ink-2">
            {t("settings.record.sent", { done: sending.done, all: rows.length })}
          </p>
        </div>
      )}
      {sending.failure && <Failure className="mb-3">{sending.failure}</Failure>}
      <div className="mb-4 flex flex-wrap gap-2">
        {sending.isRunning ? (
          <Button autoFocus onPress={sending.stop}>
            {t("settings.record.stop")}
          </Button>
        ) : (
          <>
            {rows.length > 0 && (
              <Button kind="primary" onPress={() => void sending.run()}>
                {sending.done === null
                  ? t("settings.record.import_run", { n: rows.length })
                  : t("settings.record.go_on")}
              </Button>
            )}
            <Button onPress={again}>{t("settings.record.import_again")}</Button>
          </>
        )}
      </div>
      {key !== null && <Note>{t("settings.record.plan_key", { name: isolate(key) })}</Note>}
      {left.length > 0 && (
        <Note>{t("settings.record.plan_left", { names: left.map(isolate).join(" · ") })}</Note>
      )}
      {missing.length > 0 && (
        <Note>{t("settings.record.plan_missing", { names: listNames(missing) })}</Note>
      )}
      {faults.length > 0 && (
        <Card title={t("settings.record.plan_faults", { n: faults.length })}>
          <ul>
            {faults.slice(0, SHOWN_FAULTS).map((fault) => (
              <li
                key={fault.at}
                className="flex gap-3 border-b border-line/70 px-4 py-1.5 text-[13px] last:border-0"
              >
                <span className="num w-24 shrink-0 text-ink-2">
                  {t("settings.record.line", { n: fault.at })}
                </span>
                <span className="min-w-0">{faultText.line(fault)}</span>
              </li>
            ))}
            {faults.length > SHOWN_FAULTS && (
              <li className="px-4 py-1.5 text-[13px] text-ink-2">
                {t("settings.record.faults_more", { n: faults.length - SHOWN_FAULTS })}
              </li>
            )}
          </ul>
        </Card>
      )}
      {rows.length > 0 && (
        <>
          <RowsTable
            label={t("settings.record.plan_rows", { n: rows.length })}
            fields={kind.fields}
            rows={rows.slice(0, SHOWN_ROWS)}
          />
          {rows.length > SHOWN_ROWS && (
            <p className="px-4 py-2 text-[13px] text-ink-2">
              {t("settings.record.rows_more", { n: rows.length - SHOWN_ROWS })}
            </p>
          )}
        </>
      )}
      {sending.question}
    </>
  );
}

const Note = ({ children }: { children: string }) => (
  <p className="mb-3 rounded-lg bg-warn-soft px-3 py-2 text-[13px] text-warn">{children}</p>
);

/** Sends a plan part by part; what was stopped or failed goes on where it was. */
function useSending(kind: KeptRecordKind, plan: Plan) {
  const t = useT();
  const text = useErrorText();
  const navigate = useNavigate();
  const [sent, setSent] = useState<Sent | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [parts] = useState(() => batchesOf(plan.rows));
  const stopped = useRef(false);
  const guard = useLeaveGuard(isRunning);
  const left = useRef(false);
  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
    };
  }, []);
  const run = async () => {
    let far = sent ?? NOTHING_SENT;
    stopped.current = false;
    setFailure(null);
    setRunning(true);
    setSent(far);
    const put = (rows: CompanyRecord[]) =>
      api.call("PUT /records/{kind}/rows", { path: { kind: kind.key }, body: { rows } });
    try {
      for await (far of sendParts(parts, far, put)) {
        setSent(far);
        if (stopped.current || left.current) break;
      }
    } catch (error) {
      setFailure(text(error));
    }
    await Promise.all([refresh("records"), refresh("record-rows")]);
    setRunning(false);
    if (far.parts < parts.length) return;
    toast(t("settings.record.imported", { added: far.added, changed: far.changed }));
    if (left.current) return;
    guard.release();
    await navigate({ to: "/settings/$", params: { _splat: `records/${kind.key}/rows` } });
  };
  return {
    done: sent?.rows ?? null,
    isRunning,
    failure,
    run,
    stop: () => {
      stopped.current = true;
    },
    question: guard.question,
  };
}

function useFaultText() {
  const t = useT();
  const id = "settings.record.fault_";
  return {
    table: (fault: TableFault) =>
      t(`${id}${fault.code}`, {
        most: MOST_ROWS,
        name: "name" in fault ? isolate(fault.name) : "",
        line: "line" in fault ? fault.line : 0,
      }),
    line: (fault: LineFault) =>
      t(`${id}${fault.code}`, {
        most: fault.code === "key_long" ? LONGEST_KEY : LONGEST_VALUE,
        field: "field" in fault ? ltr(fault.field) : "",
        line: "line" in fault ? fault.line : 0,
      }),
  };
}
