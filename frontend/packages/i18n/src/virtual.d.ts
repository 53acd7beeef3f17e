declare module "virtual:wasl-messages/*" {
  const messages: Record<string, import("react-intl").MessageFormatElement[]>;
  export default messages;
}
