import { Link, useParams } from "@tanstack/react-router";
import { useT } from "@wasl/i18n";
import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { type ComponentType, lazy, Suspense, useSyncExternalStore } from "react";
import { useMe } from "../me.ts";
import { PageMissing } from "../shell/page-states.tsx";
import { type Section, sectionsFor } from "./sections.ts";

/** What a section's page is given: the rest of the address, below `/settings/<section>/`. */
export interface SectionProps {
  rest: string[];
}

const PAGES: Record<string, ComponentType<SectionProps>> = {
  channels: lazy(() => import("./channels/page.tsx")),
  users: lazy(() => import("./users/page.tsx")),
  queues: lazy(() => import("./queues/page.tsx")),
  sla: lazy(() => import("./sla/page.tsx")),
  calendars: lazy(() => import("./calendars/page.tsx")),
  records: lazy(() => import("./records/page.tsx")),
  secrets: lazy(() => import("./secrets.tsx")),
  canned: lazy(() => import("./canned.tsx")),
  audit: lazy(() => import("./audit.tsx")),
  profile: lazy(() => import("./profile.tsx")),
  tokens: lazy(() => import("./tokens.tsx")),
};

export function SettingsPage() {
  const t = useT();
  const { permissions } = useMe();
  const { _splat = "" } = useParams({ strict: false });
  const [wanted = "", ...rest] = _splat.split("/").filter(Boolean);
  const sections = sectionsFor(permissions);
  const section = wanted ? sections.find((each) => each.id === wanted) : sections[0];
  const Page = section && PAGES[section.id];
  const wide = useWide();
  const choice = (
    <>
      <Group name="workspace" sections={sections} current={wide ? section : undefined} />
      <Group name="person" sections={sections} current={wide ? section : undefined} />
    </>
  );
  if (!wide && !wanted)
    return (
      <main className="grow overflow-y-auto bg-surface p-3">
        <h1 className="px-2.5 pt-1 pb-2 text-lg font-semibold">{t("shell.settings")}</h1>
        {choice}
      </main>
    );
  return (
    <>
      {wide && (
        <nav
          aria-label={t("shell.settings")}
          className="w-55 shrink-0 overflow-y-auto border-e border-line bg-surface p-3"
        >
          <h2 className="px-2.5 pt-1 pb-2 text-lg font-semibold">{t("shell.settings")}</h2>
          {choice}
        </nav>
      )}
      <div className="flex min-w-0 grow bg-canvas">
        {Page ? (
          <Suspense fallback={null}>
            <Page key={section.id} rest={rest} />
          </Suspense>
        ) : (
          <main className="grow">
            <PageMissing />
          </main>
        )}
      </div>
    </>
  );
}

const WIDE = "(min-width: 48rem)";
/** True where the sections stand beside the page; on a phone they are a page of their own. */
const useWide = () =>
  useSyncExternalStore(
    (told) => {
      const query = matchMedia(WIDE);
      query.addEventListener("change", told);
      return () => query.removeEventListener("change", told);
    },
    () => matchMedia(WIDE).matches,
  );

function Group(props: {
  name: Section["group"];
  sections: Section[];
  current: Section | undefined;
}) {
  const t = useT();
  const mine = props.sections.filter((section) => section.group === props.name);
  if (!mine.length) return null;
  return (
    <>
      <p aria-hidden="true" className="px-2.5 pt-3 pb-1 text-xs text-ink-3">
        {t(`settings.group_${props.name}`)}
      </p>
      <ul aria-label={t(`settings.group_${props.name}`)} className="flex flex-col gap-0.5">
        {mine.map(({ id, icon: Icon }) => (
          <li key={id}>
            <Link
              to="/settings/$"
              params={{ _splat: id }}
              aria-current={id === props.current?.id ? "page" : undefined}
              className={clsx(
                "flex h-11 items-center gap-2.5 rounded-lg px-2.5 md:h-9",
                id === props.current?.id
                  ? "md:bg-accent-soft md:font-medium md:text-accent-text"
                  : "text-ink-2 hover:bg-sunken",
              )}
            >
              <Icon size={17} aria-hidden="true" className="shrink-0" />
              <span className="grow truncate">{t(`settings.${id}`)}</span>
              <ChevronRight
                size={16}
                aria-hidden="true"
                className="icon-flip text-ink-3 md:hidden"
              />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
