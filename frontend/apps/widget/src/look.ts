/** A channel's own accent as tokens. In the dark it is lifted, so that it stands out as it should. */
export function accentFor(accent: string | null, dark: boolean): Record<string, string> {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(accent ?? "");
  if (!parts) return {};
  const channels = parts.slice(1).map((hex) => Number.parseInt(hex, 16) / 255);
  const shown = dark ? channels.map((c) => c + (1 - c) * 0.4) : channels;
  const [r = 0, g = 0, b = 0] = shown.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const colour = `rgb(${shown.map((c) => Math.round(c * 255)).join(" ")})`;
  const ground = dark ? "oklch(0.205 0.013 260)" : "white";
  return {
    "--accent": colour,
    // Whichever of the two has the better contrast.
    "--accent-ink":
      1.05 / (light + 0.05) > (light + 0.05) / 0.055 ? "white" : "oklch(0.17 0.02 260)",
    "--accent-soft": `color-mix(in oklab, ${colour} ${dark ? 22 : 10}%, ${ground})`,
    "--accent-text": `color-mix(in oklab, ${colour} 75%, ${dark ? "white" : "black"})`,
    "--mine": `color-mix(in oklab, ${colour} ${dark ? 26 : 12}%, ${ground})`,
    "--ring": colour,
  };
}
