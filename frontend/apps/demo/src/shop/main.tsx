import { render } from "preact";
import { readDemo } from "../shared/demo";
import { followLanguage } from "../shared/language";
import { Shop } from "./Shop";
import "./shop.css";
import { words } from "./words";

const demo = readDemo();
followLanguage(words.shop);

const root = document.getElementById("app");
if (root) render(<Shop demo={demo} />, root);

const chat = document.createElement("script");
chat.async = true;
chat.src = "/widget/loader.js";
chat.dataset.channel = demo.channel;
document.body.append(chat);
