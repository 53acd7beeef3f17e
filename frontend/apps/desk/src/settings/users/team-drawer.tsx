import type { Team, User } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Button, Checkbox, TextField, toast } from "@wasl/ui";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../ground.ts";
import { EditDrawer } from "../edit-drawer.tsx";
import { Ask } from "../parts.tsx";
import { refresh } from "../queries.ts";

export function TeamDrawer(props: { team: Team | null; users: User[]; close: () => void }) {
  const { team, users, close } = props;
  const t = useT();
  const saved = { name: team?.name ?? "", members: (team?.members ?? []).map(({ id }) => id) };
  const [draft, setDraft] = useState(saved);
  const [checked, setChecked] = useState(false);
  const [asked, setAsked] = useState(false);
  const [dropped, setDropped] = useState(false);
  const changed = !dropped && JSON.stringify(draft) !== JSON.stringify(saved);
  const told = () => Promise.all([refresh("teams"), refresh("users")]);

  return (
    <EditDrawer
      title={team ? team.name : t("settings.team.add")}
      changed={changed}
      close={close}
      check={() => {
        setChecked(true);
        return Boolean(draft.name.trim());
      }}
      save={async () => {
        const body = { name: draft.name.trim(), members: draft.members };
        if (team) await api.call("PATCH /teams/{id}", { path: { id: team.id }, body });
        else await api.call("POST /teams", { body });
        await told();
        return body.name;
      }}
    >
      <TextField
        label={t("settings.team.name")}
        value={draft.name}
        onChange={(name) => setDraft((d) => ({ ...d, name }))}
        error={checked && !draft.name.trim() ? t("settings.fault.required") : null}
        maxLength={120}
        isRequired
      />
      <fieldset>
        <legend className="mb-1.5 text-[13px] font-medium">{t("settings.team.members")}</legend>
        <div className="flex flex-col rounded-lg border border-line">
          {users.map((user) => (
            <Checkbox
              key={user.id}
              isSelected={draft.members.includes(user.id)}
              onChange={(on) =>
                setDraft((d) => ({
                  ...d,
                  members: on
                    ? [...d.members, user.id]
                    : d.members.filter((member) => member !== user.id),
                }))
              }
              className="border-b border-line/70 px-3 py-2 last:border-0"
            >
              <span dir="auto" className="truncate">
                {user.name}
              </span>
            </Checkbox>
          ))}
        </div>
      </fieldset>
      {team && (
        <div className="border-t border-line pt-4">
          <Button kind="danger-line" icon={Trash2} onPress={() => setAsked(true)}>
            {t("settings.team.drop")}
          </Button>
          <Ask
            title={t("settings.team.drop_title", { name: isolate(team.name) })}
            action={t("common.delete")}
            danger
            isOpen={asked}
            onClose={() => setAsked(false)}
            run={async () => {
              await api.call("DELETE /teams/{id}", { path: { id: team.id } });
              await told();
              toast(t("settings.dropped", { name: isolate(team.name) }));
              setDropped(true);
              close();
            }}
          >
            {t("settings.team.drop_text")}
          </Ask>
        </div>
      )}
    </EditDrawer>
  );
}
