import type { Channel, ChannelKind } from "@wasl/api";
import { useT } from "@wasl/i18n";
import type { ReactNode } from "react";
import { CopyText } from "../parts.tsx";

/** What the other side needs to know of a channel that is already there. */
export function Connect({ channel, kind }: { channel: Channel; kind: ChannelKind }) {
  const t = useT();
  const properties = (kind.schema.properties ?? {}) as Record<string, unknown>;
  const origin = window.location.origin;
  if (kind.capabilities.client_api === true) {
    const tag = `<script async src="${origin}/widget/loader.js"\n  data-channel="${channel.public_key}"></script>`;
    return (
      <Part title={t("settings.connect.script")} text={t("settings.connect.script_text")}>
        <CopyText label={t("settings.connect.script")} text={tag} block />
      </Part>
    );
  }
  // A kind whose configuration holds the secret that signs its calls is called at its own address.
  if (!("secret" in properties)) return null;
  const address = `${origin}/hooks/${channel.kind}/${channel.public_key}`;
  const curl = `body='{"type":"message","id":"m-1","sender":{"value":"u-17","name":"Sara"},"text":"Hello"}'
time=$(date +%s)
sign=$(printf '%s' "$time.$body" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.* //')
curl ${address} \\
  -H "Content-Type: application/json" \\
  -H "X-Wasl-Timestamp: $time" \\
  -H "X-Wasl-Signature: sha256=$sign" \\
  -d "$body"`;
  return (
    <Part title={t("settings.connect.address")} text={t("settings.connect.address_text")}>
      <CopyText label={t("settings.connect.address")} text={address} />
      <p className="mt-2 mb-1 text-xs text-ink-2">{t("settings.connect.example")}</p>
      <CopyText label={t("settings.connect.example")} text={curl} block />
    </Part>
  );
}

function Part(props: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="rounded-xl border border-line bg-raised p-3.5">
      <h3 className="text-[13px] font-medium">{props.title}</h3>
      <p className="mb-2 text-xs text-ink-2">{props.text}</p>
      {props.children}
    </section>
  );
}
