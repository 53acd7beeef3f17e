import type { Texts } from "@wasl/widget/src/net/types";
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

export const products: Product[] = [
  {
    art: "lamp",
    section: "lighting",
    price: 8900,
    stars: 4.9,
    votes: 128,
    tag: "bestseller",
    name: { en: "“Mah” table lamp", fa: "چراغ رومیزی «ماه»", ar: "مصباح طاولة «ماه»" },
    text: {
      en: "Ceramic, brass, linen shade",
      fa: "سرامیک، برنج، پارچهٔ کتان",
      ar: "خزف ونحاس وقماش كتان",
    },
  },
  {
    art: "cups",
    section: "kitchen",
    price: 4090,
    stars: 4.7,
    votes: 86,
    name: { en: "“Sepideh” cup pair", fa: "جفت لیوان «سپیده»", ar: "كوبان «سبيده»" },
    text: { en: "Turquoise and ivory glaze", fa: "لعاب فیروزه‌ای و عاجی", ar: "طلاء فيروزي وعاجي" },
  },
  {
    art: "vase",
    section: "ceramics",
    price: 6400,
    stars: 4.8,
    votes: 41,
    tag: "new",
    name: { en: "“Anar” vase", fa: "گلدان «انار»", ar: "مزهرية «رمّان»" },
    text: { en: "Hand-thrown in Isfahan", fa: "سفال دست‌ساز اصفهان", ar: "فخار يدوي من أصفهان" },
  },
  {
    art: "cushion",
    section: "textiles",
    price: 5850,
    stars: 4.9,
    votes: 63,
    name: { en: "Qashqai kilim cushion", fa: "کوسن گلیم قشقایی", ar: "وسادة كليم قشقائي" },
    text: {
      en: "Handwoven wool, 45 × 45",
      fa: "پشم دست‌باف، ۴۵ × ۴۵",
      ar: "صوف منسوج يدويًا، 45 × 45",
    },
  },
  {
    art: "bowl",
    section: "ceramics",
    price: 7200,
    stars: 4.6,
    votes: 37,
    name: { en: "“Sabz” fruit bowl", fa: "کاسهٔ میوهٔ «سبز»", ar: "وعاء فاكهة «سبز»" },
    text: { en: "Celadon glaze, 28 cm", fa: "لعاب سلادون، ۲۸ سانتی‌متر", ar: "طلاء سيلادون، 28 سم" },
  },
  {
    art: "candles",
    section: "lighting",
    price: 2400,
    stars: 4.8,
    votes: 92,
    name: { en: "“Shab” candle pair", fa: "جفت شمع «شب»", ar: "شمعتان «شب»" },
    text: {
      en: "Beeswax on a brass tray",
      fa: "موم زنبور با سینی برنجی",
      ar: "شمع عسل على صينية نحاس",
    },
  },
  {
    art: "teapot",
    section: "kitchen",
    price: 5300,
    stars: 4.7,
    votes: 58,
    tag: "new",
    name: { en: "“Setareh” teapot", fa: "قوری «ستاره»", ar: "إبريق شاي «ستاره»" },
    text: {
      en: "Cobalt glaze, 0.9 litre",
      fa: "لعاب لاجوردی، ۰٫۹ لیتر",
      ar: "طلاء كوبالت، 0.9 لتر",
    },
  },
  {
    art: "cloth",
    section: "textiles",
    price: 3800,
    stars: 4.5,
    votes: 29,
    name: { en: "Termeh table cloth", fa: "رومیزی ترمه", ar: "مفرش ترمه" },
    text: { en: "Woven in Yazd, 100 × 100", fa: "بافت یزد، ۱۰۰ × ۱۰۰", ar: "نسيج يزد، 100 × 100" },
  },
];
