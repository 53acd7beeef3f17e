import { useT } from "@wasl/i18n";

export function SettingsPage() {
  const t = useT();
  return (
    <main className="min-w-0 grow p-6">
      <h1 className="text-lg font-semibold">{t("shell.settings")}</h1>
    </main>
  );
}
