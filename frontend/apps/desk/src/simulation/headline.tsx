import type { SimulationResult } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { cardLook } from "@wasl/ui";
import { clsx } from "clsx";
import { TriangleAlert } from "lucide-react";
import { usePercent } from "../wallboard/live.tsx";
import { isLuck, LEVEL_MEASURES } from "./figures.ts";
import { useSaid } from "./said.ts";

/** What it comes to, in plain words; when the model doesn't fit the past, that and nothing else. */
export function Headline({ result }: { result: SimulationResult }) {
  const t = useT();
  const percent = usePercent();
  const said = useSaid();
  const measure = LEVEL_MEASURES[result.variant];
  const level = result.measures[measure];
  const { fit } = result;
  if (!level) return null;
  if (fit && !fit.inside)
    return (
      <section role="alert" className={clsx(cardLook, "flex gap-3 border-warn! p-4")}>
        <TriangleAlert size={22} aria-hidden="true" className="mt-0.5 shrink-0 text-warn" />
        <div>
          <h2 className="text-lg font-semibold">{t("simulation.misfit")}</h2>
          <p className="mt-1 text-[13px] text-ink-2">
            {t("simulation.misfit_text", {
              model: isolate(percent(fit.model)),
              past: isolate(percent(fit.past)),
              margin: isolate(said.points(fit.margin)),
            })}
          </p>
        </div>
      </section>
    );
  const from = isolate(percent(level.today.value));
  const to = isolate(percent(level.scenario.value));
  const luck = isLuck(level.change);
  return (
    <section
      aria-live="polite"
      className={clsx(cardLook, "flex flex-wrap items-center gap-x-6 gap-y-3 p-4")}
    >
      <div className="min-w-64 grow basis-0">
        <h2 className="text-lg leading-7 font-semibold">
          {luck
            ? t("simulation.headline_same", { from, to })
            : t("simulation.headline", { from, to })}
        </h2>
        <p className="mt-1 text-[13px] text-ink-2">
          {level.scenario.low !== null &&
            level.scenario.high !== null &&
            t("simulation.headline_interval", {
              p: percent(0.95, 0),
              low: isolate(said.points(level.scenario.low)),
              high: isolate(percent(level.scenario.high)),
              change: isolate(said.change(measure, level.change.value)),
            })}{" "}
          <Looser result={result} />
        </p>
      </div>
      <KeyFigures result={result} />
    </section>
  );
}

function Looser({ result }: { result: SimulationResult }) {
  const t = useT();
  const said = useSaid();
  const change = result.measures[LEVEL_MEASURES[result.variant]]?.change.value ?? 0;
  const looser = result.looser?.value ?? 0;
  if (Math.abs(looser) < 0.0005) return null;
  const values = {
    n: isolate(said.points(Math.abs(looser))),
    of: isolate(said.points(Math.abs(change))),
  };
  const id =
    looser < 0
      ? "simulation.stricter"
      : looser >= change - 0.0005
        ? "simulation.looser_all"
        : "simulation.looser_part";
  return <strong className="font-semibold text-ink">{t(id, values)}</strong>;
}

function KeyFigures({ result }: { result: SimulationResult }) {
  const t = useT();
  const format = useFormat();
  const said = useSaid();
  const percent = usePercent();
  const wait = result.measures.wait_p90_s?.change.value;
  const abandon = result.measures.abandon_rate?.change.value;
  const reached = result.runs_of.scenario.filter((one) => one * 100 >= (result.percent ?? 0));
  const figures: [string, string][] = [];
  if (wait !== undefined)
    figures.push([
      t("simulation.seconds", { n: said.change("wait_p90_s", wait) }),
      t("simulation.key_wait", { p: format.number(90) }),
    ]);
  if (abandon !== undefined)
    figures.push([said.change("abandon_rate", abandon), t("simulation.key_abandon")]);
  if (result.percent !== null && result.runs_of.scenario.length > 0)
    figures.push([
      percent(reached.length / result.runs_of.scenario.length, 0),
      t("simulation.key_reached", { percent: isolate(percent(result.percent / 100, 0)) }),
    ]);
  return (
    <dl className="flex flex-wrap gap-y-3 divide-x divide-line">
      {figures.map(([value, label]) => (
        <div key={label} className="flex flex-col-reverse px-4 first:ps-0 last:pe-0">
          <dt className="text-xs text-ink-2">{label}</dt>
          <dd className="text-lg font-semibold">
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** How the figures came about, and whether the model of today says what really happened. */
export function HowComputed({ result }: { result: SimulationResult }) {
  const t = useT();
  const format = useFormat();
  const percent = usePercent();
  const said = useSaid();
  const { history, fit } = result;
  const day = (of: string) => isolate(format.dayMonth(`${of}T12:00:00`));
  return (
    <section aria-labelledby="simulation-how" className="text-[13px]">
      <h2 id="simulation-how" className="mb-1.5 font-semibold">
        {t("simulation.how")}
      </h2>
      <ul className="grid list-disc gap-1 ps-4 text-ink-2">
        <li>
          {history
            ? t("simulation.how_history", {
                n: history.days,
                from: day(history.from),
                until: day(history.until),
              })
            : t("simulation.how_expected")}
        </li>
        <li>{t("simulation.how_runs", { n: result.runs })}</li>
        <li>{t("simulation.how_level", { way: t(`wallboard.variant_${result.variant}`) })}</li>
      </ul>
      {!history && (
        <>
          <h3 className="mt-3 mb-1.5 font-semibold">{t("simulation.fit")}</h3>
          <p className="rounded-lg bg-sunken p-3 text-ink-2">{t("simulation.fit_none")}</p>
        </>
      )}
      {fit && (
        <>
          <h3 className="mt-3 mb-1.5 font-semibold">{t("simulation.fit")}</h3>
          <dl className="rounded-lg bg-sunken p-3">
            <div className="flex gap-2">
              <dt className="grow text-ink-2">{t("simulation.fit_model")}</dt>
              <dd className="font-semibold">
                <bdi>{percent(fit.model)}</bdi>
              </dd>
            </div>
            <div className="flex gap-2">
              <dt className="grow text-ink-2">{t("simulation.fit_past")}</dt>
              <dd className="font-semibold">
                <bdi>{percent(fit.past)}</bdi>
              </dd>
            </div>
          </dl>
          <p className="mt-1.5 text-xs text-ink-2">
            {t(fit.inside ? "simulation.fit_inside" : "simulation.fit_outside", {
              n: isolate(said.points(fit.margin)),
            })}
          </p>
        </>
      )}
    </section>
  );
}
