import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Team, User } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Avatar, Button, cardLook, EmptyState, Ltr, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import { Plus, Users, UserX } from "lucide-react";
import { api } from "../../ground.ts";
import { useMe } from "../../me.ts";
import type { SectionProps } from "../page.tsx";
import { Loaded, SectionPage } from "../parts.tsx";
import { useUsers } from "../queries.ts";
import { OpenRow, RowTable } from "../rows.tsx";
import { TeamDrawer } from "./team-drawer.tsx";
import { UserDrawer } from "./user-drawer.tsx";

const GRID =
  "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1fr)_minmax(90px,130px)_minmax(0,140px)_20px]";

export const useTeams = () =>
  useQuery({ queryKey: ["teams"], queryFn: () => api.call("GET /teams") });

/** `/settings/users`, `…/<user>`, `…/new`, `…/teams/<team>` and `…/teams/new`. */
export default function UsersPage({ rest }: SectionProps) {
  const t = useT();
  const navigate = useNavigate();
  const users = useUsers();
  const teams = useTeams();
  const [first, second] = rest;
  const open = (...steps: string[]) =>
    void navigate({ to: "/settings/$", params: { _splat: ["users", ...steps].join("/") } });
  const user = users.data?.find(({ id }) => id === first);
  const team = teams.data?.find(({ id }) => id === second);

  const drawer =
    first === "teams"
      ? (team || second === "new") &&
        users.data && (
          <TeamDrawer
            key={team?.id ?? "new"}
            team={team ?? null}
            users={users.data}
            close={() => open()}
          />
        )
      : (user || first === "new") && (
          <UserDrawer key={user?.id ?? "new"} user={user ?? null} close={() => open()} />
        );

  return (
    <SectionPage
      title={t("settings.users")}
      lead={t("settings.user.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => open("new")}>
          {t("settings.user.add")}
        </Button>
      }
      drawer={drawer}
    >
      <Loaded query={users}>
        {(found) => <UserList users={found} current={user?.id} open={open} />}
      </Loaded>
      <header className="mt-6 mb-2 flex items-center gap-3">
        <h2 className="grow text-sm font-semibold">{t("settings.team.teams")}</h2>
        <Button size="sm" icon={Plus} onPress={() => open("teams", "new")}>
          {t("settings.team.add")}
        </Button>
      </header>
      <Loaded query={teams} rows={2}>
        {(found) => <TeamList teams={found} current={team?.id} open={(id) => open("teams", id)} />}
      </Loaded>
    </SectionPage>
  );
}

function UserList(props: {
  users: User[];
  current: string | undefined;
  open: (id: string) => void;
}) {
  const t = useT();
  const format = useFormat();
  const me = useMe().user.id;
  return (
    <RowTable
      grid={GRID}
      header={
        <>
          <span>{t("settings.user.person")}</span>
          <span>{t("settings.user.role")}</span>
          <span>{t("settings.team.teams")}</span>
        </>
      }
      items={props.users}
      current={props.current}
      open={props.open}
    >
      {(user) => (
        <>
          <span className="flex min-w-0 items-center gap-3">
            <Avatar name={user.name} size={32} />
            <span className="min-w-0 leading-5">
              <span className="flex items-center gap-2">
                <span
                  dir="auto"
                  className={clsx("bidi-line truncate font-medium", user.disabled && "text-ink-2")}
                >
                  {user.name}
                </span>
                {user.id === me && <Pill tone="accent">{t("settings.user.you")}</Pill>}
                {user.disabled && <Pill icon={UserX}>{t("settings.user.disabled")}</Pill>}
              </span>
              <Ltr className="bidi-line block truncate text-xs text-ink-3">{user.email}</Ltr>
            </span>
          </span>
          <span className="text-[13px] text-ink-2">{t(`settings.role.${user.role}`)}</span>
          <span className="hidden truncate text-[13px] text-ink-2 md:block">
            {format.list(user.teams.map(({ name }) => name))}
          </span>
        </>
      )}
    </RowTable>
  );
}

function TeamList(props: {
  teams: Team[];
  current: string | undefined;
  open: (id: string) => void;
}) {
  const t = useT();
  const format = useFormat();
  if (!props.teams.length)
    return (
      <div className={cardLook}>
        <EmptyState icon={Users} title={t("settings.team.none")}>
          {t("settings.team.none_text")}
        </EmptyState>
      </div>
    );
  return (
    <ul className={clsx(cardLook, "overflow-hidden")}>
      {props.teams.map((team) => (
        <OpenRow
          key={team.id}
          isCurrent={team.id === props.current}
          onPress={() => props.open(team.id)}
          className="flex"
        >
          <span dir="auto" className="bidi-line w-40 shrink-0 truncate font-medium">
            {team.name}
          </span>
          <span className="min-w-0 grow truncate text-[13px] text-ink-2">
            {format.list(team.members.map(({ name }) => name))}
          </span>
          <span className="shrink-0 text-xs text-ink-3">
            {t("settings.people", { n: team.members.length })}
          </span>
        </OpenRow>
      ))}
    </ul>
  );
}
