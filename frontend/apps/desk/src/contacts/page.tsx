import { useT } from "@wasl/i18n";

export function ContactsPage() {
  const t = useT();
  return (
    <main className="min-w-0 grow p-6">
      <h1 className="text-lg font-semibold">{t("shell.contacts")}</h1>
    </main>
  );
}
