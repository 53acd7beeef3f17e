import { render } from "preact";
import { readDemo } from "../shared/demo";
import { followLanguage } from "../shared/language";
import { OtherSide } from "./OtherSide";
import "./other-side.css";
import { words } from "./words";

followLanguage(words.title);
const root = document.getElementById("app");
if (root) render(<OtherSide demo={readDemo()} />, root);
