import { useQuery } from "@tanstack/react-query";
import type { Proposal, SimulationToday } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Button, cardLook, EmptyState, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import { FlaskConical, Lock, Send, Users } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { Failure, Loaded } from "../settings/parts.tsx";
import { usePercent } from "../wallboard/live.tsx";
import { ByHour } from "./by-hour.tsx";
import { Expectations, expectedOf } from "./expectations.tsx";
import { nothingChanged, ScenarioForm } from "./form.tsx";
import { Gain } from "./gain.tsx";
import { Headline, HowComputed } from "./headline.tsx";
import { usePhone } from "./phone.ts";
import { Proposals, ProposeDialog } from "./proposals.tsx";
import { ResultTable } from "./result-table.tsx";
import { type Run, useSimulation } from "./run.ts";
import { Runs } from "./runs.tsx";

const USUAL_WEEKS = 4;

/** What would be if: a scenario beside today, on the arrivals of the last weeks or, before there are
 * any, on those that are expected. */
export function SimulationPage() {
  const t = useT();
  return useMe().permissions.includes("routing.manage") ? (
    <WhatIfPage />
  ) : (
    <EmptyState icon={Lock} title={t("simulation.not_yours")} />
  );
}

function WhatIfPage() {
  const t = useT();
  const [draft, setDraft] = useState(() => nothingChanged(USUAL_WEEKS));
  const today = useQuery({
    queryKey: ["simulation-today", draft.weeks],
    queryFn: () => api.call("GET /simulation/today", { query: { weeks: draft.weeks } }),
    placeholderData: (before) => before,
  });
  const { run, start, cancel, show } = useSimulation();
  const phone = usePhone();
  const [proposing, setProposing] = useState(false);
  const open = ({ asked, result }: Proposal) => {
    setDraft({ ...nothingChanged(asked.weeks), ...asked });
    show(asked, result);
  };
  return (
    <main className="flex min-w-0 grow flex-col bg-raised" data-pane tabIndex={-1}>
      <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line bg-surface px-4 py-2">
        <h1 className="text-lg font-semibold">{t("simulation.title")}</h1>
        <Pill icon={FlaskConical}>{t("simulation.nothing_live")}</Pill>
        <span className="grow" />
        {run.found && run.share === null && (
          <Button kind="primary" icon={Send} flip onPress={() => setProposing(true)}>
            {t("simulation.propose")}
          </Button>
        )}
      </header>
      <div className="flex min-h-0 grow flex-col overflow-y-auto md:flex-row md:overflow-hidden">
        <Loaded query={today}>
          {(found) => {
            const expected = expectedOf(found, draft);
            const expectations = found.agents > 0 && expected && (
              <Expectations
                key={run.found ? "after" : "before"}
                queues={found.queues}
                days={expected}
                isOpen={!run.found}
                onChange={(days) => setDraft((was) => ({ ...was, expected: days }))}
              />
            );
            return (
              <>
                {/* read first on a phone too, where the form stands before all else */}
                {phone && expectations && <div className="p-3">{expectations}</div>}
                {found.agents > 0 && (
                  <div className="shrink-0 border-line bg-surface p-4 pb-0 scroll-thin max-md:border-y md:w-72 md:overflow-y-auto md:border-e">
                    <ScenarioForm
                      today={found}
                      draft={draft}
                      onChange={setDraft}
                      onRun={() => void start({ ...draft, expected })}
                      onCancel={cancel}
                      running={run.share !== null}
                    />
                  </div>
                )}
                <div className="min-w-0 grow p-3 scroll-thin md:overflow-y-auto">
                  <Results today={found} run={run} onOpen={open}>
                    {!phone && expectations}
                  </Results>
                </div>
              </>
            );
          }}
        </Loaded>
      </div>
      {proposing && run.found && (
        <ProposeDialog result={run.found.result} onClose={() => setProposing(false)} />
      )}
    </main>
  );
}

function Results(props: {
  today: SimulationToday;
  run: Run;
  onOpen: (proposal: Proposal) => void;
  children: ReactNode;
}) {
  const { today, run, onOpen } = props;
  const t = useT();
  const text = useErrorText();
  const result = run.found?.result;
  const top = useRef<HTMLDivElement>(null);
  const runs = run.share !== null;
  // on a phone the results stand below the form
  useEffect(() => {
    if (runs) top.current?.scrollIntoView({ block: "nearest" });
  }, [runs]);
  if (today.agents === 0)
    return (
      <EmptyState icon={Users} title={t("simulation.no_agents")}>
        {t("simulation.no_agents_text")}
      </EmptyState>
    );
  return (
    <div ref={top} className="grid scroll-mt-3 gap-3">
      {props.children}
      {run.share !== null && <Progress share={run.share} />}
      {run.error && <Failure>{text(run.error)}</Failure>}
      {result ? (
        <>
          <Headline result={result} />
          <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,8fr)_minmax(0,5fr)]">
            <div className="grid min-w-0 gap-3">
              <ResultTable result={result} />
              <ByHour result={result} />
            </div>
            <div className="grid min-w-0 gap-3">
              <Gain result={result} />
              <Runs result={result} />
              <section className={clsx(cardLook, "p-4")}>
                <HowComputed result={result} />
              </section>
            </div>
          </div>
        </>
      ) : (
        run.share === null && <Start today={today} />
      )}
      {run.share === null && <Proposals queues={today.queues} onOpen={onOpen} />}
    </div>
  );
}

/** What the last weeks were like, before anything is tried. */
function Start({ today }: { today: SimulationToday }) {
  const t = useT();
  const format = useFormat();
  return (
    <EmptyState icon={FlaskConical} title={t("simulation.start")}>
      {today.enough
        ? t("simulation.start_text", {
            n: today.interactions,
            days: format.number(today.days),
            agents: format.number(today.agents),
          })
        : t("simulation.start_expected", { n: today.agents })}
    </EmptyState>
  );
}

function Progress({ share }: { share: number }) {
  const t = useT();
  const percent = usePercent();
  return (
    <div className={clsx(cardLook, "flex items-center gap-3 px-4 py-3 text-[13px]")}>
      <span id="simulation-progress">{t("simulation.running")}</span>
      <div
        role="progressbar"
        aria-labelledby="simulation-progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="h-2 grow overflow-hidden rounded-full bg-line"
      >
        <div
          className="h-full rounded-full bg-accent transition-[inline-size] duration-200"
          style={{ inlineSize: `${share * 100}%` }}
        />
      </div>
      <bdi className="w-12 text-end">{percent(share, 0)}</bdi>
    </div>
  );
}
