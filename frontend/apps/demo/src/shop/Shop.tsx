import { computed, effect, signal } from "@preact/signals";
import type {} from "@wasl/widget/loader/main";
import { locale, number } from "@wasl/widget/src/i18n";
import { useEffect } from "preact/hooks";
import { type Demo, identityOf, type Shopper } from "../shared/demo";
import { LanguageSwitch } from "../shared/LanguageSwitch";
import { say } from "../shared/language";
import { Orange } from "../shared/Orange";
import { ART, Hero } from "./art";
import { type Product, products, type Section, words } from "./words";

const WHO = "naranj.shopper";
const SECTIONS: Section[] = ["ceramics", "lighting", "textiles", "kitchen"];

const section = signal<Section | null>(null);
const query = signal("");
const basket = signal<readonly Product[]>([]);
const shopper = signal<Shopper | null>(null);
const shown = computed(() =>
  products.filter(
    (one) =>
      (!section.value || one.section === section.value) &&
      `${say(one.name)} ${say(one.text)}`.toLowerCase().includes(query.value.trim().toLowerCase()),
  ),
);

/** A price in euros, from cents. */
const price = (cents: number) =>
  new Intl.NumberFormat(locale.value, { style: "currency", currency: "EUR" }).format(cents / 100);

/** Tells the chat who is signed in, now and whenever that changes. */
function tellChat(): () => void {
  const tell = () => {
    const { value } = shopper;
    window.wasl?.identify(value ? identityOf(value) : null);
  };
  addEventListener("wasl:ready", tell);
  const stop = effect(tell);
  return () => {
    removeEventListener("wasl:ready", tell);
    stop();
  };
}

export function Shop({ demo }: { demo: Demo }) {
  useEffect(() => {
    shopper.value = demo.identities.find((one) => one.id === localStorage.getItem(WHO)) ?? null;
    return tellChat();
  }, [demo]);

  return (
    <>
      <a class="skip" href="#products">
        {say(words.skip)}
      </a>
      <header>
        <p class="strip">
          <Line
            d="M14 18V6a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2v11a1 1 0 0 0 1 1h2M15 18H9M19 18h2a1 1 0 0 0 1-1v-3.7a1 1 0 0 0-.2-.6l-3.5-4.3a1 1 0 0 0-.8-.4H14M9 18a2 2 0 1 1-4 0 2 2 0 0 1 4 0M19 18a2 2 0 1 1-4 0 2 2 0 0 1 4 0"
            flips
          />
          {say(words.strip)}
        </p>
        <div class="bar">
          <p class="name">
            <Orange size={34} /> {say(words.shop)}
          </p>
          <nav aria-label={say(words.sections)}>
            {SECTIONS.map((one) => (
              <button
                type="button"
                key={one}
                aria-pressed={section.value === one}
                onClick={() => {
                  section.value = section.value === one ? null : one;
                  document.getElementById("products")?.scrollIntoView();
                }}
              >
                {say(words[one])}
              </button>
            ))}
          </nav>
          <label class="search">
            <Line d="M11 19a8 8 0 1 1 0-16 8 8 0 0 1 0 16M21 21l-4.3-4.3" />
            <span class="hidden">{say(words.search)}</span>
            <input
              type="search"
              placeholder={say(words.search)}
              value={query.value}
              onInput={(event) => (query.value = event.currentTarget.value)}
            />
          </label>
          <LanguageSwitch />
          <Account demo={demo} />
          <Basket />
        </div>
      </header>
      <main>
        <section class="hero">
          <div class="hero-words">
            <p class="tag">{say(words.hero_tag)}</p>
            <h1>{say(words.hero_title)}</h1>
            <p>{say(words.hero_text)}</p>
            <div class="actions">
              <a class="button primary" href="#products">
                {say(words.hero_button)}
              </a>
              <button type="button" class="button" onClick={() => window.wasl?.open()}>
                {say(words.hero_ask)} <Line d="M5 12h14M12 5l7 7-7 7" flips />
              </button>
            </div>
          </div>
          <Hero />
        </section>
        <h2 id="products">{say(section.value ? words[section.value] : words.loved)}</h2>
        {shown.value.length === 0 && <p role="status">{say(words.nothing)}</p>}
        <ul class="products">
          {shown.value.map((one) => (
            <Card key={one.art} product={one} />
          ))}
        </ul>
      </main>
    </>
  );
}

function Card({ product }: { product: Product }) {
  const Art = ART[product.art];
  return (
    <li>
      <div class="art">
        <Art />
        {product.tag && <span class="tag">{say(words[product.tag])}</span>}
        <button
          type="button"
          class="add"
          aria-label={`${say(words.add)}: ${say(product.name)}`}
          title={say(words.add)}
          onClick={() => (basket.value = [...basket.value, product])}
        >
          <Line d="M12 5v14M5 12h14" />
        </button>
      </div>
      <div class="row">
        <h3>{say(product.name)}</h3>
        <span class="price">{price(product.price)}</span>
      </div>
      <div class="row quiet">
        <span>{say(product.text)}</span>
        <span class="stars">
          <svg viewBox="0 0 24 24" width="14" height="14" aria-hidden="true">
            <path d="m12 2 3.1 6.3 6.9 1-5 4.9 1.2 6.8-6.2-3.2L5.8 21 7 14.2 2 9.3l6.9-1z" />
          </svg>
          {number(product.stars, 1)} ({number(product.votes)})
        </span>
      </div>
    </li>
  );
}

function Account({ demo }: { demo: Demo }) {
  const choose = (id: string) => {
    shopper.value = demo.identities.find((one) => one.id === id) ?? null;
    if (id) localStorage.setItem(WHO, id);
    else localStorage.removeItem(WHO);
  };
  return (
    <label class="account">
      <Line d="M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2M16 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0" />
      <span class="hidden">{say(words.account)}</span>
      <select
        value={shopper.value?.id ?? ""}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">{say(words.guest)}</option>
        {demo.identities.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Basket() {
  const total = basket.value.reduce((sum, one) => sum + one.price, 0);
  return (
    <details class="basket">
      <summary aria-label={`${say(words.basket)}: ${number(basket.value.length)}`}>
        <Line d="M6 2 3 6v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V6l-3-4ZM3 6h18M16 10a4 4 0 0 1-8 0" />
        {basket.value.length > 0 && <span class="count">{number(basket.value.length)}</span>}
      </summary>
      <div class="sheet">
        {basket.value.length === 0 ? (
          <p class="quiet">{say(words.basket_empty)}</p>
        ) : (
          <ul>
            {basket.value.map((one, at) => (
              <li class="row" key={`${one.art}-${at}`}>
                <span class="grow">{say(one.name)}</span>
                <span>{price(one.price)}</span>
                <button
                  type="button"
                  aria-label={`${say(words.remove)}: ${say(one.name)}`}
                  onClick={() => (basket.value = basket.value.filter((_, index) => index !== at))}
                >
                  <Line d="M18 6 6 18M6 6l12 12" />
                </button>
              </li>
            ))}
          </ul>
        )}
        {basket.value.length > 0 && (
          <p class="row">
            <strong class="grow">{say(words.basket_total)}</strong> <strong>{price(total)}</strong>
          </p>
        )}
        <p class="quiet small">{say(words.basket_note)}</p>
      </div>
    </details>
  );
}

function Line({ d, flips }: { d: string; flips?: boolean }) {
  return (
    <svg
      class={flips ? "icon mirrored" : "icon"}
      viewBox="0 0 24 24"
      width="20"
      height="20"
      aria-hidden="true"
    >
      <path d={d} />
    </svg>
  );
}
