const HUES = [20, 75, 150, 205, 255, 310, 345];

/** A letter on a colour that stays with the name. */
export function Avatar({
  name,
  size = 36,
  present,
}: {
  name: string;
  size?: number;
  present?: boolean;
}) {
  const letter = [...name.trim()][0] ?? "·";
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return (
    <span
      class="avatar"
      style={`--hue:${HUES[sum % HUES.length]};--size:${size}px`}
      aria-hidden="true"
    >
      {letter.toLocaleUpperCase()}
      {present && <span class="present" />}
    </span>
  );
}
