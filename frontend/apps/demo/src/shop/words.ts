import type { Texts } from "@wasl/widget/src/net/types";
import catalogue from "../../../../../src/wasl/demo/catalogue.json";
import type { ART } from "./art";

export const words = {
  shop: { en: "Naranj", fa: "نارنج", ar: "نارنج" },
  strip: {
    en: "Free delivery over €80 · 30-day returns",
    fa: "ارسال رایگان برای خرید بالای ۸۰ یورو · بازگشت ۳۰ روزه",
    ar: "توصيل مجاني فوق 80 يورو · إرجاع خلال 30 يومًا",
  },
  sections: { en: "Sections", fa: "بخش‌ها", ar: "الأقسام" },
  all: { en: "All", fa: "همه", ar: "الكل" },
  ceramics: { en: "Ceramics", fa: "سفال و سرامیک", ar: "الخزف" },
  lighting: { en: "Lighting", fa: "روشنایی", ar: "الإضاءة" },
  textiles: { en: "Textiles", fa: "بافته‌ها", ar: "المنسوجات" },
  kitchen: { en: "Kitchen", fa: "آشپزخانه", ar: "المطبخ" },
  search: { en: "Search products", fa: "جستجوی کالا", ar: "ابحث عن منتج" },
  basket: { en: "Basket", fa: "سبد خرید", ar: "السلة" },
  basket_empty: {
    en: "Nothing in the basket yet.",
    fa: "سبد خرید هنوز خالی است.",
    ar: "السلة فارغة حتى الآن.",
  },
  basket_total: { en: "Total", fa: "جمع", ar: "المجموع" },
  basket_note: {
    en: "This is a demonstration shop: nothing can be bought.",
    fa: "این فروشگاه نمایشی است و خرید واقعی ندارد.",
    ar: "هذا متجر تجريبي، ولا يمكن الشراء منه.",
  },
  add: { en: "Add to basket", fa: "افزودن به سبد", ar: "أضف إلى السلة" },
  remove: { en: "Remove", fa: "حذف", ar: "إزالة" },
  account: { en: "Who you are", fa: "شما که هستید", ar: "من أنت" },
  guest: { en: "Guest", fa: "مهمان", ar: "زائر" },
  guest_hint: { en: "Not signed in", fa: "وارد نشده", ar: "دون تسجيل دخول" },
  hero_tag: { en: "The Yalda edit", fa: "گزیدهٔ شب یلدا", ar: "مختارات ليلة يلدا" },
  hero_title: {
    en: "Light the house for the longest night",
    fa: "خانه را برای بلندترین شب سال روشن کنید",
    ar: "أضئ بيتك لأطول ليالي السنة",
  },
  hero_text: {
    en: "Made by hand in Isfahan, Yazd and Shiraz. At your door in three days.",
    fa: "ساختهٔ دست هنرمندان اصفهان، یزد و شیراز؛ تحویل در سه روز.",
    ar: "صناعة يدوية من أصفهان ويزد وشيراز، تصلك خلال ثلاثة أيام.",
  },
  hero_button: { en: "Shop the edit", fa: "دیدن مجموعه", ar: "تسوق المختارات" },
  hero_ask: { en: "Ask us", fa: "از ما بپرسید", ar: "اسألنا" },
  loved: { en: "Loved this week", fa: "پرطرفدارهای این هفته", ar: "الأكثر طلبًا هذا الأسبوع" },
  nothing: {
    en: "Nothing matches. Try another word.",
    fa: "چیزی پیدا نشد؛ واژهٔ دیگری را امتحان کنید.",
    ar: "لا نتائج. جرّب كلمة أخرى.",
  },
  bestseller: { en: "Bestseller", fa: "پرفروش", ar: "الأكثر مبيعًا" },
  new: { en: "New", fa: "تازه", ar: "جديد" },
  skip: { en: "Skip to products", fa: "پرش به کالاها", ar: "انتقل إلى المنتجات" },
} satisfies Record<string, Texts>;

export type Section = "ceramics" | "lighting" | "textiles" | "kitchen";

export interface Product {
  art: keyof typeof ART;
  section: Section;
  /** Euro cents. */
  price: number;
  stars: number;
  votes: number;
  tag?: "bestseller" | "new";
  name: Texts;
  text: Texts;
}

/** What the shop's assistant suggests from, too. */
export const products = catalogue as Product[];
