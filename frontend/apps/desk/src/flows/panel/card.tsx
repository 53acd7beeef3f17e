import { Button } from "@wasl/ui";
import { Plus } from "lucide-react";
import type { Texts } from "../model/definition.ts";
import type { Words } from "../words.ts";
import { CheckedField } from "./checked-field.tsx";
import { Elements } from "./elements.tsx";
import type { FieldProps } from "./field.tsx";
import { TextsField } from "./texts-field.tsx";

interface Link {
  label: Texts;
  url: string;
}
interface Picture {
  url: string;
  alt: Texts;
}
interface Card {
  title?: Texts;
  text?: Texts;
  picture?: Picture | null;
  links?: Link[];
}
const ADDRESS = /^https?:\/\/[^/?#{}\s]+([/?#].*)?$/s;
const BLANK = "https://shop.example/";

/** What is shown with a text: a title, words, a picture and links, each of which may be left out. */
export function CardField({ field, step, definition, words, change }: FieldProps) {
  const { t } = words;
  const card = step[field.id] as Card | null | undefined;
  const put = (next: Card | null) => change({ ...step, [field.id]: next });
  if (!card)
    return (
      <Button
        size="sm"
        icon={Plus}
        className="justify-self-start"
        onPress={() => put({ title: {} })}
      >
        {t("flows.card.add")}
      </Button>
    );
  const { picture } = card;
  return (
    <section
      aria-label={t("flows.field.card")}
      className="grid gap-3 rounded-lg border border-line p-3"
    >
      <h3 className="text-[13px] font-semibold">{t("flows.field.card")}</h3>
      <TextsField
        label={t("flows.field.title")}
        value={card.title ?? {}}
        optional
        definition={definition}
        words={words}
        change={(title) => put({ ...card, title })}
      />
      <TextsField
        label={t("flows.field.card_text")}
        value={card.text ?? {}}
        optional
        rows={2}
        definition={definition}
        words={words}
        change={(text) => put({ ...card, text })}
      />
      {picture ? (
        <>
          <Address
            label={t("flows.card.picture")}
            value={picture.url}
            words={words}
            change={(url) => put({ ...card, picture: { ...picture, url } })}
          />
          <TextsField
            label={t("flows.field.alt")}
            value={picture.alt}
            definition={definition}
            words={words}
            change={(alt) => put({ ...card, picture: { ...picture, alt } })}
          />
        </>
      ) : null}
      <Button
        size="sm"
        className="justify-self-start"
        onPress={() => put({ ...card, picture: picture ? null : { url: BLANK, alt: {} } })}
      >
        {t(picture ? "flows.card.drop_picture" : "flows.card.add_picture")}
      </Button>
      <Elements
        field="links"
        elements={card.links ?? []}
        least={0}
        most={5}
        fresh={(): Link => ({ label: {}, url: BLANK })}
        words={words}
        put={(links) => put({ ...card, links })}
      >
        {(link, n, set) => (
          <>
            <TextsField
              label={t("flows.place.link", { n: n + 1 })}
              value={link.label}
              definition={definition}
              words={words}
              change={(label) => set({ ...link, label })}
            />
            <Address
              label={t("flows.field.url")}
              value={link.url}
              words={words}
              change={(url) => set({ ...link, url })}
            />
          </>
        )}
      </Elements>
      <Button size="sm" className="justify-self-start" onPress={() => put(null)}>
        {t("flows.card.drop")}
      </Button>
    </section>
  );
}

function Address(props: {
  label: string;
  value: string;
  words: Words;
  change: (url: string) => void;
}) {
  return (
    <CheckedField
      label={props.label}
      value={props.value}
      fits={(text) => ADDRESS.test(text)}
      wrong={props.words.t("flows.card.address_wrong")}
      maxLength={2000}
      change={props.change}
    />
  );
}
