import { useState } from "react";

/** What a person chose on this device only; each is on until switched off. */
export type DeviceSwitch = "sound" | "notifications" | "single_keys";

export const isOn = (name: DeviceSwitch): boolean => localStorage.getItem(`wasl.${name}`) !== "off";

export function useDeviceSwitch(name: DeviceSwitch): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => isOn(name));
  return [
    on,
    (wanted) => {
      localStorage.setItem(`wasl.${name}`, wanted ? "on" : "off");
      setOn(wanted);
    },
  ];
}
