import { useSyncExternalStore } from "react";

const PHONE = matchMedia("(max-width: 767px)");

/** Whether the page is as narrow as a phone: the form and the results stand below one another. */
export const usePhone = () =>
  useSyncExternalStore(
    (changed) => {
      PHONE.addEventListener("change", changed);
      return () => PHONE.removeEventListener("change", changed);
    },
    () => PHONE.matches,
  );
