"""What people read about this channel kind, in every language: the settings form, the connection
test, the channel's state. Keys are those of `Config`, `CheckStep.code` and `Host.report`.
"""

from __future__ import annotations

# key: (English, Persian, Arabic)
TEXTS: dict[str, tuple[str, str, str]] = {
    "channel.email.address": ("E-mail address", "نشانی ایمیل", "عنوان البريد الإلكتروني"),
    "channel.email.address.help": (
        "Contacts write to this address and get answers from it.",
        "مخاطبان به این نشانی می‌نویسند و از همین نشانی پاسخ می‌گیرند.",
        "يكتب جهات الاتصال إلى هذا العنوان ويتلقون الردود منه.",
    ),
    "channel.email.display_name": ("Sender name", "نام فرستنده", "اسم المرسل"),
    "channel.email.display_name.help": (
        "Stands beside the agent's name, for example your shop's name.",
        "کنار نام کارشناس می‌آید؛ برای نمونه نام فروشگاه.",
        "يظهر بجانب اسم الموظف، مثل اسم متجرك.",
    ),
    "channel.email.aliases": ("Other addresses", "نشانی‌های دیگر", "عناوين أخرى"),
    "channel.email.aliases.help": (
        "Further addresses of yours whose mail arrives here.",
        "نشانی‌های دیگر شما که نامه‌هایشان به همین‌جا می‌رسد.",
        "عناوين أخرى لك يصل بريدها إلى هنا.",
    ),
    "channel.email.receive": ("How mail arrives", "شیوهٔ دریافت", "طريقة الاستلام"),
    "channel.email.receive.help": (
        "Fetched from a mailbox (IMAP), delivered to us (SMTP), or only sent.",
        "برداشت از صندوق (IMAP)، تحویل مستقیم به ما (SMTP) یا فقط ارسال.",
        "جلب من صندوق بريد (IMAP) أو تسليم مباشر إلينا (SMTP) أو إرسال فقط.",
    ),
    "channel.email.imap": ("Incoming server (IMAP)", "سرور دریافت (IMAP)", "خادم الوارد (IMAP)"),
    "channel.email.imap.help": (
        "The mailbox is only read: nothing in it is changed or deleted.",
        "صندوق فقط خوانده می‌شود؛ چیزی در آن تغییر نمی‌کند و پاک نمی‌شود.",
        "يُقرأ الصندوق فقط، ولا يُغيَّر أو يُحذف منه شيء.",
    ),
    "channel.email.folder": ("Folder", "پوشه", "المجلد"),
    "channel.email.folder.help": (
        "The folder that is watched, usually INBOX.",
        "پوشه‌ای که زیر نظر است؛ معمولاً INBOX.",
        "المجلد الذي نراقبه، وهو عادةً INBOX.",
    ),
    "channel.email.smtp": ("Outgoing server (SMTP)", "سرور ارسال (SMTP)", "خادم الصادر (SMTP)"),
    "channel.email.smtp.help": (
        "Without it this channel can only receive.",
        "بدون آن، این کانال فقط دریافت می‌کند.",
        "من دونه تستقبل هذه القناة فقط.",
    ),
    "channel.email.reply_domain": (
        "Domain of reply addresses",
        "دامنهٔ نشانی‌های پاسخ",
        "نطاق عناوين الرد",
    ),
    "channel.email.reply_domain.help": (
        "Only if every reply+…@ address of this domain is delivered to this channel.",
        "تنها اگر همهٔ نشانی‌های reply+…@ این دامنه به همین کانال می‌رسند.",
        "فقط إذا كانت كل عناوين reply+…@ في هذا النطاق تُسلَّم إلى هذه القناة.",
    ),
    "channel.email.dkim": ("DKIM signature", "امضای DKIM", "توقيع DKIM"),
    "channel.email.dkim.help": (
        "Only if your outgoing server does not sign by itself.",
        "تنها اگر سرور ارسال شما خودش امضا نمی‌کند.",
        "فقط إذا كان خادم الصادر لا يوقّع بنفسه.",
    ),
    "channel.email.dkim.selector": ("Selector", "گزینشگر (selector)", "المحدِّد (selector)"),
    "channel.email.dkim.selector.help": (
        "The name before ._domainkey in DNS.",
        "نامی که در DNS پیش از ‎._domainkey‎ می‌آید.",
        "الاسم الذي يسبق ‎._domainkey‎ في DNS.",
    ),
    "channel.email.dkim.private_key": ("Private key", "کلید خصوصی", "المفتاح الخاص"),
    "channel.email.dkim.private_key.help": (
        "RSA in PEM form; kept encrypted.",
        "RSA در قالب PEM؛ رمزشده نگه داشته می‌شود.",
        "RSA بصيغة PEM، ويُحفظ مشفَّراً.",
    ),
    "channel.email.signature": ("Signature", "امضا", "التوقيع"),
    "channel.email.signature.help": (
        "Below every answer, in the contact's language.",
        "زیر هر پاسخ، به زبان مخاطب.",
        "أسفل كل رد، بلغة جهة الاتصال.",
    ),
    "channel.email.signature.en": ("English", "انگلیسی", "الإنجليزية"),
    "channel.email.signature.en.help": (
        "For contacts who write English, and for all other languages.",
        "برای مخاطبان انگلیسی‌زبان و همهٔ زبان‌های دیگر.",
        "لمن يكتب بالإنجليزية ولكل اللغات الأخرى.",
    ),
    "channel.email.signature.fa": ("Persian", "فارسی", "الفارسية"),
    "channel.email.signature.fa.help": (
        "For contacts who write Persian.",
        "برای مخاطبان فارسی‌زبان.",
        "لمن يكتب بالفارسية.",
    ),
    "channel.email.signature.ar": ("Arabic", "عربی", "العربية"),
    "channel.email.signature.ar.help": (
        "For contacts who write Arabic.",
        "برای مخاطبان عرب‌زبان.",
        "لمن يكتب بالعربية.",
    ),
    "channel.email.signature.text": ("Plain text", "متن ساده", "نص عادي"),
    "channel.email.signature.text.help": (
        "Made from the HTML when it is empty.",
        "اگر خالی باشد از HTML ساخته می‌شود.",
        "يُستخرج من HTML إن كان فارغاً.",
    ),
    "channel.email.signature.html": ("HTML", "HTML", "HTML"),
    "channel.email.signature.html.help": (
        "May be left empty.",
        "می‌تواند خالی بماند.",
        "يمكن تركه فارغاً.",
    ),
    "channel.email.trusted_authserv_ids": (
        "Servers trusted to verify senders",
        "سرورهای معتمد برای تأیید فرستنده",
        "خوادم موثوقة للتحقق من المرسل",
    ),
    "channel.email.trusted_authserv_ids.help": (
        "The name at the start of your mail server's Authentication-Results field. Leave it empty "
        "if that server does not remove such fields from mail that it receives.",
        "نامی که سرور ایمیل شما در آغاز فیلد Authentication-Results می‌نویسد. اگر آن سرور این فیلد"
        " را از نامه‌های رسیده پاک نمی‌کند، خالی بگذارید.",
        "الاسم الذي يكتبه خادم بريدك في بداية حقل Authentication-Results. اتركه فارغاً إن كان الخادم"
        " لا يحذف هذا الحقل من الرسائل الواردة.",
    ),
    "channel.email.server.host": ("Server", "سرور", "الخادم"),
    "channel.email.server.host.help": (
        "For example mail.example.com.",
        "برای نمونه mail.example.com.",
        "مثل mail.example.com.",
    ),
    "channel.email.server.port": ("Port", "درگاه", "المنفذ"),
    "channel.email.server.port.help": (
        "Usually 993 for IMAP, 465 or 587 for SMTP.",
        "معمولاً 993 برای IMAP و 465 یا 587 برای SMTP.",
        "عادةً 993 لـ IMAP و465 أو 587 لـ SMTP.",
    ),
    "channel.email.server.security": ("Encryption", "رمزنگاری", "التشفير"),
    "channel.email.server.security.help": (
        "TLS from the start, STARTTLS, or none (only inside your own network).",
        "TLS از آغاز، STARTTLS، یا هیچ (فقط درون شبکهٔ خودتان).",
        "TLS من البداية أو STARTTLS أو بلا تشفير (داخل شبكتك فقط).",
    ),
    "channel.email.server.user": ("User name", "نام کاربری", "اسم المستخدم"),
    "channel.email.server.user.help": (
        "Often the whole e-mail address.",
        "اغلب همان نشانی کامل ایمیل.",
        "غالباً عنوان البريد كاملاً.",
    ),
    "channel.email.server.password": ("Password", "گذرواژه", "كلمة المرور"),
    "channel.email.server.password.help": (
        "An app password where your provider gives them; kept encrypted.",
        "اگر ارائه‌دهنده «گذرواژهٔ برنامه» می‌دهد، همان را وارد کنید؛ رمزشده نگه داشته می‌شود.",
        "كلمة مرور تطبيق إن كان مزوّدك يوفرها، وتُحفظ مشفَّرة.",
    ),
    "channel.email.server.oauth2": (
        "Sign in with OAuth2",
        "ورود با OAuth2",
        "تسجيل الدخول عبر OAuth2",
    ),
    "channel.email.server.oauth2.help": (
        "Instead of a password, for Google and Microsoft.",
        "به‌جای گذرواژه، برای گوگل و مایکروسافت.",
        "بدلاً من كلمة المرور، لغوغل ومايكروسوفت.",
    ),
    "channel.email.oauth2.client_id": ("Client ID", "شناسهٔ کلاینت", "معرّف العميل"),
    "channel.email.oauth2.client_id.help": (
        "Of the application that you registered there.",
        "شناسهٔ برنامه‌ای که آن‌جا ثبت کرده‌اید.",
        "معرّف التطبيق الذي سجّلته هناك.",
    ),
    "channel.email.oauth2.client_secret": ("Client secret", "رمز کلاینت", "سر العميل"),
    "channel.email.oauth2.client_secret.help": (
        "Kept encrypted; may be empty for public applications.",
        "رمزشده نگه داشته می‌شود؛ برای برنامه‌های عمومی می‌تواند خالی باشد.",
        "يُحفظ مشفَّراً، ويمكن تركه فارغاً للتطبيقات العامة.",
    ),
    "channel.email.oauth2.refresh_token": ("Refresh token", "توکن تازه‌سازی", "رمز التحديث"),
    "channel.email.oauth2.refresh_token.help": (
        "Short-lived access tokens are made from it.",
        "توکن‌های کوتاه‌عمر دسترسی از آن ساخته می‌شوند.",
        "تُستخرج منه رموز وصول قصيرة العمر.",
    ),
    "channel.email.oauth2.token_url": ("Token address", "نشانی دریافت توکن", "عنوان الرموز"),
    "channel.email.oauth2.token_url.help": (
        "For example https://oauth2.googleapis.com/token.",
        "برای نمونه https://oauth2.googleapis.com/token.",
        "مثل https://oauth2.googleapis.com/token.",
    ),
    "channel.email.oauth2.scope": ("Scope", "محدودهٔ دسترسی (scope)", "النطاق (scope)"),
    "channel.email.oauth2.scope.help": (
        "Only if your provider asks for it.",
        "تنها اگر ارائه‌دهندهٔ شما بخواهد.",
        "فقط إن طلبه مزوّدك.",
    ),
    "check.email.imap_sign_in": (
        "Signing in to the mailbox",
        "ورود به صندوق پستی",
        "تسجيل الدخول إلى الصندوق",
    ),
    "check.email.imap_folder": ("Opening the folder", "باز کردن پوشه", "فتح المجلد"),
    "check.email.smtp_sign_in": (
        "Signing in to the outgoing server",
        "ورود به سرور ارسال",
        "تسجيل الدخول إلى خادم الصادر",
    ),
    "check.email.round_trip": (
        "A test mail to itself comes back",
        "رفت و برگشت یک نامهٔ آزمایشی",
        "عودة رسالة تجريبية إلى العنوان نفسه",
    ),
    "check.email.spf": ("SPF record", "رکورد SPF", "سجل SPF"),
    "check.email.dkim": ("DKIM record", "رکورد DKIM", "سجل DKIM"),
    "check.email.dmarc": ("DMARC record", "رکورد DMARC", "سجل DMARC"),
    "channel_state.imap_sign_in_refused": (
        "The mailbox refuses the user name, the password or the token.",
        "صندوق پستی نام کاربری، گذرواژه یا توکن را نمی‌پذیرد.",
        "يرفض الصندوق اسم المستخدم أو كلمة المرور أو الرمز.",
    ),
    "channel_state.imap_unreachable": (
        "The mail server does not answer.",
        "سرور ایمیل پاسخ نمی‌دهد.",
        "خادم البريد لا يجيب.",
    ),
    "channel_state.imap_refused": (
        "The mail server refuses the folder or a command.",
        "سرور ایمیل پوشه یا فرمانی را نپذیرفت.",
        "رفض خادم البريد المجلد أو أحد الأوامر.",
    ),
    "channel_state.imap_credentials": (
        "No access token is given: sign in again at your provider.",
        "توکن دسترسی داده نمی‌شود؛ دوباره نزد ارائه‌دهنده وارد شوید.",
        "لا يُمنح رمز وصول؛ سجّل الدخول من جديد لدى مزوّدك.",
    ),
    "channel_state.imap_temporary": (
        "The sign-in service does not answer just now.",
        "سرویس ورود اکنون پاسخ نمی‌دهد.",
        "خدمة تسجيل الدخول لا تجيب الآن.",
    ),
    "channel_state.mailbox_failed": (
        "Watching the mailbox failed; it is tried again.",
        "پایش صندوق پستی ناکام ماند؛ دوباره تلاش می‌شود.",
        "تعذّرت مراقبة الصندوق، وتُعاد المحاولة.",
    ),
    "channel_state.mail_refused": (
        "A mail could not be taken and was left in the mailbox.",
        "یک نامه پذیرفته نشد و در صندوق ماند.",
        "تعذّر قبول رسالة وبقيت في الصندوق.",
    ),
    "channel_state.mail_set_aside": (
        "A mail was set aside after failures; it is tried again.",
        "یک نامه پس از خطا کنار گذاشته شد؛ دوباره تلاش می‌شود.",
        "وُضعت رسالة جانباً بعد أخطاء، وتُعاد المحاولة.",
    ),
}
