import { useT } from "@wasl/i18n";
import { IconButton, Popover } from "@wasl/ui";
import { Smile } from "lucide-react";

const OFTEN =
  "🙂 😊 😀 😅 😂 😍 🤔 😕 😢 😮 🙏 👍 👌 👏 💪 🤝 👋 🙌 ❤️ 🧡 💐 🌹 🎉 ✨ ⭐ ✅ ❌ ❗ ❓ ⏳ ⏰ 📅 📦 🚚 🏠 📍 📞 📧 📷 🧾 💳 💰 🔑 🔧 ☕ 🍊".split(
    " ",
  );

export function EmojiPicker({ onChoose }: { onChoose: (emoji: string) => void }) {
  const t = useT();
  return (
    <Popover
      label={t("desk.emoji")}
      placement="top start"
      trigger={<IconButton icon={Smile} label={t("desk.emoji")} />}
    >
      {(close) => (
        <div className="grid grid-cols-8 gap-0.5">
          {OFTEN.map((emoji) => (
            <button
              key={emoji}
              type="button"
              onClick={() => {
                onChoose(emoji);
                close();
              }}
              className="grid size-8 place-items-center rounded-lg text-lg hover:bg-sunken"
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </Popover>
  );
}
