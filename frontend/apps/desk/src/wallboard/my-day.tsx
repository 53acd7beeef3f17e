import { useQuery } from "@tanstack/react-query";
import { useFormat, useT } from "@wasl/i18n";
import { cardLook, Ltr } from "@wasl/ui";
import { clsx } from "clsx";
import { CircleCheck, Coffee, MessagesSquare, Users } from "lucide-react";
import type { ReactNode } from "react";
import { api } from "../ground.ts";
import { useNamed } from "../names.ts";
import { Loaded } from "../settings/parts.tsx";

const ANEW_MS = 15_000;

const midnight = () => new Date(new Date().setHours(0, 0, 0, 0)).toISOString();

/** What an agent has done today, and when it is their turn. */
export function MyDay() {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const since = midnight();
  const day = useQuery({
    queryKey: ["my-day", since],
    queryFn: () => api.call("GET /me/day", { query: { since } }),
    refetchInterval: ANEW_MS,
    placeholderData: (before) => before,
  });
  return (
    <main className="min-w-0 grow overflow-y-auto bg-raised p-4 md:p-5" data-pane tabIndex={-1}>
      <div className="mx-auto grid max-w-4xl gap-4">
        <header>
          <h1 className="text-lg font-semibold">{t("wallboard.my_day")}</h1>
          <p className="text-[13px] text-ink-2">{format.day(since)}</p>
        </header>
        <Loaded query={day}>
          {({ presence_s, engaged_s, handled, queues }) => (
            <>
              <dl className="grid grid-cols-2 gap-3 md:grid-cols-4">
                <Figure icon={CircleCheck} ink="text-ok" label={t("wallboard.time_available")}>
                  {format.clock(presence_s.available)}
                </Figure>
                <Figure
                  icon={MessagesSquare}
                  ink="text-accent-text"
                  label={t("wallboard.time_engaged")}
                >
                  {format.clock(engaged_s)}
                </Figure>
                <Figure icon={Coffee} ink="text-ink-2" label={t("wallboard.time_away")}>
                  {format.clock(presence_s.away)}
                </Figure>
                <Figure icon={Users} ink="text-ink-2" label={t("wallboard.handled")}>
                  {format.number(handled)}
                </Figure>
              </dl>
              <section className={clsx(cardLook, "overflow-hidden")} aria-labelledby="my-queues">
                <h2
                  id="my-queues"
                  className="border-b border-line px-4 py-2.5 text-sm font-semibold"
                >
                  {t("wallboard.my_queues")}
                </h2>
                {queues.length === 0 && (
                  <p className="px-4 py-4 text-[13px] text-ink-2">
                    {t("wallboard.no_queues_of_agent")}
                  </p>
                )}
                <ul className="divide-y divide-line">
                  {queues.map((queue) => (
                    <li key={queue.id} className="flex flex-wrap items-center gap-x-4 px-4 py-2.5">
                      <bdi className="min-w-32 grow text-[13px] font-medium">
                        {named(queue.names)}
                      </bdi>
                      <span className="text-[13px] text-ink-2">
                        {t("wallboard.waiting_in", { n: queue.waiting })}
                      </span>
                      <span className="min-w-40 text-end text-[13px] font-medium">
                        {queue.place === null
                          ? t("wallboard.not_free")
                          : queue.place === 1
                            ? t("wallboard.next_turn")
                            : t("wallboard.place", { n: queue.place })}
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            </>
          )}
        </Loaded>
      </div>
    </main>
  );
}

function Figure(props: { icon: typeof Coffee; ink: string; label: string; children: ReactNode }) {
  const { icon: Icon, ink, label, children } = props;
  return (
    <div className={clsx(cardLook, "min-w-0 px-4 py-3")}>
      <dt className="flex items-center gap-1.5 text-xs text-ink-2">
        <Icon size={14} aria-hidden="true" className={ink} />
        {label}
      </dt>
      <dd className="text-2xl leading-9 font-semibold">
        <Ltr className="num">{children}</Ltr>
      </dd>
    </div>
  );
}
