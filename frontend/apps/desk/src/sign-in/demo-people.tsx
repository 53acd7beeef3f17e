import { useT } from "@wasl/i18n";
import { Avatar } from "@wasl/ui";
import { useId } from "react";
import { Button } from "react-aria-components";
import { type Credentials, useDemoPeople } from "./demo.ts";

/** The demo's people, to be signed in as with one press. */
export function DemoPeople(props: {
  isDisabled: boolean;
  onChoose: (credentials: Credentials) => void;
}) {
  const t = useT();
  const heading = useId();
  const people = useDemoPeople();
  if (!people.data?.length) return null;
  return (
    <section aria-labelledby={heading} className="mt-1 border-t border-line pt-4">
      <h2 id={heading} className="mb-2 text-[13px] text-ink-2">
        {t("sign_in.demo")}
      </h2>
      <ul className="grid grid-cols-2 gap-2">
        {people.data.map(({ email, password, name, role }) => (
          <li key={email}>
            <Button
              isDisabled={props.isDisabled}
              onPress={() => props.onChoose({ email, password })}
              className="flex w-full items-center gap-2.5 rounded-lg border border-line px-2.5 py-1.5 text-start data-hovered:bg-sunken"
            >
              <Avatar name={name} size={28} />
              <span className="min-w-0 leading-5">
                <span dir="auto" className="bidi-line block truncate text-[13px] font-medium">
                  {name}
                </span>
                <span className="block truncate text-xs text-ink-2">
                  {t(`settings.role.${role}`)}
                </span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
