import { t } from "../i18n";
import { Mark } from "./Icon";

export function Credit() {
  return (
    <footer class="credit">
      <Mark /> {t("powered_by", { name: t("wasl") })}
    </footer>
  );
}
