"""What the furniture of pages says, in many languages: its labels, and how its lines begin."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from typing import Final

from pipeline.extract.titles import fold

MAX_LABEL: Final = 60  # characters
MAX_LINE: Final = 350  # characters; a longer paragraph is text, however it begins
MAX_LETTERS: Final = 220
ASKING: Final = ("?", "؟", "？", "!", ";")  # a word with one of these is said by somebody

# A line that is nothing but one of these is furniture.
LABELS: Final = frozenset(
    fold(label)
    for label in (
        # advertisement
        "ad", "ads", "advertisement", "advertisements", "advertising", "advert", "sponsored", "sponsored content", "promoted", "paid content", "promoted content",
        "anzeige", "werbung", "publicité", "pub", "publicidad", "anuncio", "pubblicità", "publicidade", "anúncio", "advertentie", "annons", "annonse", "annonce",
        "reklama", "reklam", "reklame", "reclame", "mainos", "hirdetés", "publicitate", "διαφήμιση", "реклама", "оглас", "إعلان", "اعلان", "إعلانات", "تبلیغات", "آگهی", "פרסומת",
        "विज्ञापन", "বিজ্ঞাপন", "விளம்பரம்", "ప్రకటన", "โฆษณา", "quảng cáo", "iklan", "广告", "廣告", "広告", "광고", "matangazo",
        # share, print, listen, save
        "share", "share this", "share article", "share this article", "share this story", "share now", "print", "email", "e-mail", "save", "save article", "bookmark", "copy link", "link copied", "listen",
        "listen to article", "listen to this article", "text size", "comment", "comments", "facebook", "twitter", "whatsapp", "telegram", "linkedin", "pinterest", "reddit", "instagram", "messenger",
        "teilen", "artikel teilen", "drucken", "merken", "kommentieren", "kommentare", "partager", "partager cet article", "imprimer", "écouter", "commenter", "compartir", "comparte", "compartir artículo",
        "imprimir", "guardar", "escuchar", "comentar", "condividi", "stampa", "ascolta", "ascolta l'articolo", "compartilhe", "compartilhar", "partilhar", "ouvir", "delen", "deel", "deel dit artikel", "dela", "dela artikeln", "udostępnij",
        "podziel się", "sdílet", "zdieľať", "podijeli", "podeli", "distribuie", "megosztás", "jaa", "paylaş", "kaydet", "κοινοποίηση", "κοινοποίησε", "поделиться", "поделиться ссылкой", "поширити", "поділитися", "сподели", "подели", "комментировать",
        "شارك", "مشاركة", "شارك المقال", "طباعة", "استمع", "اشتراک گذاری", "به اشتراک بگذارید", "שתפו", "שיתוף", "שתף", "शेयर करें", "साझा करें", "শেয়ার করুন", "แชร์", "แบ่งปัน", "chia sẻ", "bagikan", "kongsi", "分享", "分享到", "分享到微信", "打印",
        "シェア", "シェアする", "ツイート", "印刷", "공유", "공유하기", "인쇄", "댓글",
        # more to read
        "read more", "more", "see more", "show more", "related", "related articles", "related article", "related stories", "related story", "related news", "related posts", "related content", "related links", "related topics", "related coverage",
        "related reading", "recommended", "recommended reading", "recommended stories", "more stories", "more news", "other news", "latest news", "latest", "latest stories", "most read", "most popular", "most viewed", "trending", "trending now", "popular", "top stories",
        "must read", "must-read", "editor's picks", "editors' picks", "up next", "next article", "previous article", "read next", "you may like", "you might like", "you may also like", "you might also like", "you might be interested in",
        "you might also be interested in", "you may be interested in", "you may also be interested in", "what others are reading", "what to read next", "don't miss", "keep reading", "continue reading", "table of contents", "in this article", "on this page",
        "mehr", "mehr lesen", "weiterlesen", "lesen sie auch", "auch interessant", "das könnte sie interessieren", "das könnte sie auch interessieren", "das könnte dich auch interessieren", "mehr zum thema", "zum thema", "verwandte artikel",
        "ähnliche artikel", "meistgelesen", "meistgelesene artikel", "neueste artikel", "empfohlener externer inhalt", "externer inhalt", "empfohlener redaktioneller inhalt", "inhaltsverzeichnis", "lire aussi", "à lire aussi", "à lire également", "sur le même sujet",
        "sur le même thème", "lire la suite", "en savoir plus", "voir aussi", "articles liés", "à la une", "les plus lus", "sommaire", "contenu externe", "lea también", "lee también", "leer más", "leé también", "te puede interesar", "te recomendamos", "te puede gustar", "más información",
        "más noticias", "más leídas", "lo más leído", "lo más visto", "noticias relacionadas", "artículos relacionados", "relacionadas", "relacionado", "ver más", "vea también", "leggi anche", "leggi di più", "potrebbe interessarti", "potrebbe interessarti anche", "articoli correlati",
        "i più letti", "vedi anche", "approfondimenti", "leia também", "leia mais", "saiba mais", "veja também", "veja mais", "mais lidas", "notícias relacionadas", "relacionadas", "relacionados", "continue lendo", "lees ook", "lees meer", "lees verder", "meest gelezen", "gerelateerd", "gerelateerde artikelen", "läs också",
        "läs mer", "läs även", "mest läst", "les også", "les mer", "mest lest", "læs også", "læs mere", "mest læste", "lue myös", "czytaj też", "czytaj także", "czytaj więcej", "czytaj dalej", "zobacz także", "zobacz też", "zobacz również", "przeczytaj także", "polecamy",
        "najczęściej czytane", "čtěte také", "čtěte dále", "mohlo by vás zajímat", "související články", "související", "nejčtenější", "prečítajte si aj", "pročitajte i", "pročitajte još", "povezane vesti", "najčitanije", "citește și", "citeşte şi", "olvasta már", "kapcsolódó cikkek", "ayrıca okuyun",
        "bunlar da ilginizi çekebilir", "ilgili haberler", "ilginizi çekebilir", "devamını oku", "διαβάστε επίσης", "διαβάστε ακόμη", "διαβάστε ακόμα", "δείτε επίσης", "σχετικά άρθρα", "читайте также", "читать также", "читайте ещё", "по теме", "смотрите также", "материалы по теме", "похожие новости",
        "новости по теме", "популярное", "самое читаемое", "читайте також", "читайте", "дивіться також", "ещё по теме", "прочетете още", "още по темата", "اقرأ أيضا", "اقرأ أيضًا", "اقرأ المزيد", "إقرأ أيضا", "مواضيع ذات صلة", "أخبار ذات صلة", "مقالات ذات صلة", "موضوعات متعلقة", "شاهد أيضا", "الأكثر قراءة",
        "بیشتر بخوانید", "مطالب مرتبط", "اخبار مرتبط", "همچنین بخوانید", "קראו גם", "קראו עוד", "עוד בנושא", "כתבות נוספות", "यह भी पढ़ें", "ये भी पढ़ें", "और पढ़ें", "संबंधित खबरें", "আরও পড়ুন", "আরো পড়ুন", "இதையும் படிக்க", "ఇది కూడా చదవండి",
        "อ่านเพิ่มเติม", "อ่านต่อ", "อ่านข่าวที่เกี่ยวข้อง", "ข่าวที่เกี่ยวข้อง", "บทความที่เกี่ยวข้อง", "xem thêm", "đọc thêm", "tin liên quan", "bài liên quan", "baca juga", "baca selengkapnya", "berita terkait", "artikel terkait", "延伸阅读", "延伸閱讀", "相关新闻", "相關新聞", "相关阅读", "相關閱讀", "相关报道", "相关推荐",
        "推荐阅读", "推薦閱讀", "更多新闻", "阅读更多", "阅读全文", "查看更多", "热门新闻", "热门文章", "関連記事", "関連ニュース", "あわせて読みたい", "こちらもおすすめ", "続きを読む", "もっと見る", "おすすめ記事", "人気記事", "アクセスランキング", "관련기사", "관련 기사", "관련뉴스", "관련 뉴스", "더보기", "더 보기", "많이 본 뉴스", "추천 기사",
        # subscribe and follow
        "subscribe", "subscribe now", "sign up", "sign up now", "log in", "sign in", "register", "newsletter", "newsletters", "follow us", "follow", "donate", "donate now", "support us", "join now", "home",
        "abonnieren", "jetzt abonnieren", "anmelden", "startseite", "s'abonner", "je m'abonne", "se connecter", "accueil", "suscríbete", "suscribirse", "iniciar sesión", "síguenos", "inicio", "abbonati", "iscriviti", "accedi", "seguici", "assine", "inscreva-se", "siga-nos",
        "подписаться", "подписывайтесь", "войти", "главная", "تابعونا", "تابعنا", "اشترك", "الرئيسية", "订阅", "关注", "登录", "首页", "フォローする", "会員登録", "ログイン", "ホーム", "구독", "구독하기", "기자 구독", "로그인", "홈",
    )
)  # fmt: skip

# A line that begins like this is furniture, wherever it stands.
LINE: Final = re.compile(
    r"^(?:[\W_]*)(?:"
    r"read (?:more|also|next|the full|our)\b|also read\b|see also\b|related(?: (?:articles?|stories|coverage|content|topics|news))?\s*:|more (?:on this|from|stories|about)\b.{0,60}$|recommended(?: for you)?\s*:?$"
    r"|click (?:the share|here to|on the|the image)|share (?:this|on|via)\b|follow (?:us|me|the author|[^.!?]{1,60} on (?:twitter|facebook|instagram|x|threads|bluesky|mastodon|linkedin|telegram|whatsapp|flipboard|google news|tiktok|youtube|google))\b|subscribe (?:to|now|here|for)\b|sign up (?:for|to|here|now)|join (?:our|us on)\b|support (?:our|us|independent)"
    r"|advertis(?:e?ment|ing)\b.{0,40}$|sponsored(?: content)?$|story continues below|scroll (?:down )?to continue|continue reading|this story continues|loading\b.{0,20}$|watch (?:live|now|more|the video)\s*:|listen to (?:this|the) (?:article|story)"
    r"|copyright\b|©|\(c\)\s*\d{4}|all rights reserved|featured image\b|(?:cover |header )?(?:image|photo)(?: credit| source)?s?\s*:|getty images$|download (?:our|the) app|print this|email this|leave a (?:comment|reply)|comments? (?:are closed|\(\d+\))"
    r"|\d+ (?:min(?:ute)?s?) read\b|(?:last )?updated?:?\s+.{0,40}$|published:?\s+.{0,40}\d{4}.{0,20}$|posted (?:on|by)\b.{0,60}$"
    r"|lesen sie (?:auch|mehr|hier)|mehr zum thema|das könnte sie auch interessieren|zum thema\s*:?$|newsletter\b.{0,60}$|anzeige$|werbung$|teilen$|folgen sie uns"
    r"|lea (?:también|más|además)|le(?:e|er) (?:también|más)|lee también|te puede interesar|(?:también )?te recomendamos|síguenos|suscríb|compartir$|publicidad$|más información\s*:|vea también|mire también|puede leer"
    r"|publiée? le\b.{0,80}$|mis(?:e)? à jour\b.{0,60}$|publicado (?:el|a las)\b.{0,80}$|actualizado\b.{0,60}$|veröffentlicht am\b.{0,60}$|partager (?:sur|par)\b|compartir (?:en|por)\b|teilen (?:auf|per)\b|condividi su\b"
    r"|illustration[^.!?]{0,40}$|forum sur abonnement|iniciar sesión para comentar|lire aussi|à lire (?:aussi|également)|abonnez-vous|publicité$|partager$|(?:voir|écouter) aussi"
    r"|(?:tags?|filed under|topics?|keywords?|categor(?:y|ies)|archivado en|etiquetas?|temas|schlagwörter|themen|mots[- ]clés|thèmes|argomenti|marcadores|trefwoorden|теги|метки)\s*(?::|$)"
    r"|leggi anche|leia (?:também|mais)|saiba mais|veja também|siga[- ]nos|publicidade$|lees ook|lees meer|läs (?:också|även|mer)|les også|læs også|czytaj (?:też|także|więcej)|zobacz (?:też|także)|přečtěte si|čtěte (?:také|též)"
    r"|читайте (?:также|ещё|еще|нас)|подпи(?:сывайтесь|шитесь)|реклама$|поделиться$|смотрите также|по теме\s*:|читать (?:далее|також)|читайте (?:також|більше)|підпи(?:суйтесь|шіться)|прочетете още|čitajte|pročitajte|oku(?:yun|mak için)"
    r"|more\s*[:|]\s|to read this article in\b|related\s*\||text size\b.{0,20}$|must[- ]read\s*:|(?:article|content|post) continues (?:below|after)|story continues after|this (?:article|audio) (?:is|was) (?:auto|ai)[- ]?generated"
    r"|(?:have|got) a (?:news )?(?:tip|story)\b|send us (?:your|a) (?:tips?|news|stor)|report an error|spotted (?:a typo|an error)"
    r"|please enable javascript|your browser (?:does not|doesn['’]t) support|javascript (?:is|must be) (?:disabled|enabled)|to view this (?:content|video|media)|this content is (?:hosted|provided) by|thank(?:s| you) for (?:signing up|subscribing|your feedback|registering)"
    r"|was this (?:article|page|story) (?:helpful|useful)|by (?:signing up|subscribing|submitting|registering|clicking)\b.{0,120}\b(?:agree|consent|accept|terms)\b|already (?:a|have a) (?:subscriber|subscription|account)\b|log in to (?:post|leave|add|comment|continue|read)"
    r"|stay (?:up[- ]to[- ]date|updated|informed|tuned|connected)\b.{0,60}\b(?:our|us|newsletter|channel|app|follow)\b|(?:get|receive)\b[^.!?]{0,120}\b(?:newsletter|(?:morning|daily|weekly|evening) briefing|(?:in|to|into) your (?:e-?mail |mail)?inbox)\b|[^.!?]{0,160}\bdelivered\b[^.!?]{0,30} (?:to|in|into) your (?:e-?mail |mail)?inbox\b"
    r"|externer inhalt|empfohlener (?:externer|redaktioneller) inhalt|hier klicken, um|mit (?:dem|deiner|ihrer) (?:klick|zustimmung)\b.{0,80}(?:inhalt|youtube|angezeigt)|folgen sie (?:uns|[^.!?]{1,40} auf)|(?:dieser )?artikel (?:teilen|drucken|merken|anhören)|jetzt (?:abonnieren|kostenlos|newsletter)|zur startseite"
    r"|la suite (?:après (?:cette |la )?pub|de cet article)|(?:l['’])?article continue après|la suite est réservée|il vous reste \d|cet article est réservé|suivez[- ](?:nous|toute)|recevez (?:chaque|notre|toute|nos)\b.{0,100}(?:newsletter|e-?mail|boîte|actualité)|inscrivez-vous (?:à|gratuitement)|contenu externe"
    r"|únete a(?:l| nuestr[oa])\b.{0,30}\b(?:canal|grupo|comunidad|whatsapp|telegram)|recibe\b.{0,80}\b(?:boletín|newsletter|en tu correo|noticias en tu)|sigue leyendo|continúa leyendo|sigue (?:a|toda la información de|las noticias de)\b.{0,80}\b(?:facebook|twitter|x|instagram|whatsapp|telegram|google)|(?:la )?noticia en desarrollo$|este contenido es exclusivo"
    r"|iscriviti (?:alla|al|qui|a)\b|ascolta (?:l['’]articolo|questo)|condividi (?:su|questo|l['’])|seguici (?:su|anche)|riproduzione riservata|resta (?:sempre )?aggiornato|clicca qui (?:per|e)"
    r"|continua (?:após|depois d) ?a? (?:a )?publicidade|receba (?:as|nossa|no|notícias|o)\b.{0,80}(?:e-?mail|whatsapp|newsletter)|siga (?:o|a|nosso|nossa|nas)\b.{0,40}(?:canal|redes|whatsapp|instagram|facebook|telegram|google)|entre (?:no|para o) (?:nosso )?(?:canal|grupo)\b|assine (?:a|o|nossa|agora|já)\b|clique aqui (?:para|e)|participe do (?:nosso )?(?:canal|grupo)"
    r"|meld je aan voor|volg (?:ons|onze)\b.{0,40}|lees verder\b|lees ook|de (?:tekst|artikel) gaat (?:verder|door) onder|(?:artikeln|texten|saken|artikkelen|artiklen) forts(?:ä|e)tt?er (?:under|nedan|efter|etter|nedenfor)|annons(?:en)?\s*:|artiklen fortsætter (?:under|efter)|følg (?:os|oss)\b.{0,40}|følj oss|juttu jatkuu|lue (?:myös|lisää)"
    r"|dalsza część (?:artykułu|tekstu)|dalszy ciąg (?:artykułu|tekstu)|czytaj dalej|przeczytaj (?:też|także|również)|zapisz się (?:na|do)|obserwuj nas|článek pokračuje|mohlo by vás|přihlaste se k odběru|sledujte nás|článok pokračuje|prečítajte si|kövessen (?:minket|bennünket)|kapcsolódó (?:cikk|anyag|hír)|a cikk a hirdetés után|citește și|citiţi şi|citește mai mult|urmărește-ne|urmăriți"
    r"|haberin devamı|ayrıca (?:okuyun|bakınız)|ilgili haber(?:ler)?\s*:|bizi takip ed|whatsapp kanalımız|διαβάστε (?:επίσης|ακόμη|ακόμα|περισσότερα|και)|ακολουθήστε (?:μας|το)|δείτε (?:επίσης|ακόμη|όλες)|нашли (?:ошибку|опечатку)|заметили (?:ошибку|опечатку)|продолжение (?:после|статьи)|помітили помилку|знайшли помилку|якщо ви знайшли помилку|абонирайте се|последвайте ни|прочитајте|пратете"
    r"|(?:إ|ا)قرأ (?:أيضا|أيضًا|ايضا|المزيد)|تابع(?:ونا|نا|وا)? (?:على|قناة|صفحة|آخر)|تابعوا\b.{0,40}(?:واتس|تلغرام|تليغرام|فيسبوك|تويتر)|اشترك(?:وا)? (?:الآن|في (?:نشرتنا|قناتنا|النشرة))|انضموا (?:إلى|الى)\b.{0,40}(?:قناة|واتس|تلغرام)|شاهد (?:أيضا|أيضًا)|لمزيد من الأخبار|بیشتر بخوانید|همچنین بخوانید|ما را در\b.{0,40}دنبال|(?:קראו|קרא) (?:גם|עוד)|הצטרפו (?:ל|אל)\S*\s.{0,40}(?:וואטסאפ|טלגרם|קבוצ|ערוץ)|עקבו אחרי"
    r"|(?:यह|ये|इसे) भी (?:पढ़ें|पढ़े|देखें)|और पढ़ें|हमारे.{0,20}(?:व्हाट्सएप|व्हाट्सऐप|टेलीग्राम) (?:चैनल|ग्रुप)|आर(?:ও|ো) (?:পড়ুন|দেখুন)|আর[োও] পড়ুন|อ่าน(?:เพิ่มเติม|ต่อ|ข่าว(?:ที่เกี่ยวข้อง|เพิ่มเติม)|บทความที่เกี่ยวข้อง)|ติดตาม(?:เรา|ได้ที่|พวกเรา)|(?:xem|đọc) thêm\b|mời (?:quý )?(?:độc giả|bạn đọc)\b.{0,60}(?:theo dõi|đón|đăng ký)|baca (?:juga|selengkapnya)|simak (?:juga|berita|selengkapnya)|lihat juga|ikuti (?:kami|berita|saluran)|gabung\b.{0,30}(?:whatsapp|telegram|channel)|artikel ini telah tayang"
    r"|(?:延伸|推荐|推薦|相关|相關|更多)(?:阅读|閱讀|新闻|新聞|报道|報導|报导|文章|链接)\s*(?:[:：|｜]|$)|責任編輯|责任编辑|责编|編輯[:：]|编辑[:：]|点击(?:关注|下载|查看|这里|進入|进入)|點擊(?:關注|下載|查看|這裡)|扫(?:码|描)(?:关注|下载|二维码)|(?:欢迎|歡迎)(?:关注|關注|订阅|訂閱|扫码)|关注(?:我们|公众号)|版[权權](?:声明|聲明|所有(?![者人]))|未[经經](?:授权|许可|授權|許可).{0,20}(?:转载|使用|复制|轉載|複製)|(?:更多|其他)(?:精彩|熱門|热门)"
    r"|(?:あわせて|併せて)(?:読みたい|お読み)|関連(?:記事|ニュース|リンク)|続きを(?:読む|見る)|(?:【|\[)?(?:関連|写真|動画|画像|PR)(?:記事)?(?:】|\]|[:：])|この記事を(?:シェア|書いた|読んだ)|無断(?:転載|複製).{0,10}(?:禁|お断り)|(?:フォロー|登録)はこちら|(?:관련\s?(?:기사|뉴스)|더\s?보기|많이 본 뉴스|구독(?:하기|신청)|공유하기)\s*[:：▶>]?|(?:ⓒ|©|<\s*저작권자).{0,60}|무단\s?(?:전재|복제)|<\s*저작권자|저작권자\s*[ⓒ©(]|기자 (?:이메일|구독|페이지)|제보는"
    r")",
    re.IGNORECASE,
)
# A line that asks to subscribe to letters.
LETTERS: Final = re.compile(
    r"\bnewsletters?\b.*\b(?:sign(?:ing)?[- ]?up|subscribe|inbox|anmelden|abonnieren|inscri\w+|abonne\w*|suscr\w+|iscriv\w+|inscrev\w+)\b"
    r"|\b(?:sign(?:ing)?[- ]?up|subscribe|inscrivez|abonnez|suscríbete|iscriviti|inscreva)\b.*\bnewsletters?\b",
    re.IGNORECASE,
)
# Where one of these comes late, the article is over.
END: Final = re.compile(
    r"^[\W_]*(?:click the share button|the original source of this article is|copyright\s*©|©\s*(?:copyright|\d{4})|all rights reserved|disclaimer\s*:"
    r"|this (?:article|story|piece|post|report) (?:was|is|has been) (?:originally |first )?(?:published|republished|posted)|originally (?:published|posted)|(?:re)?published with permission"
    r"|articles by\s*:|about the author|(?:about|über|à propos de|acerca de|sobre|o firmie) (?-i:[^\W\d_a-z])[^.!?:]{1,40}$|(?:the )?views? expressed|the opinions expressed|share this\b|comment on\b.{0,60}page|become a member|support (?:our work|independent)"
    r"|(?:related|recommended|popular|latest) (?:articles|stories|posts|news|topics)|more (?:stories|articles|from|on this)\b|you may also like|most (?:read|popular)|leave a (?:reply|comment)|join the conversation|sign up (?:for|to) (?:our|the)|for media inquiries"
    r"|este artículo (?:fue|se) public|publicado originalmente|ursprünglich (?:erschienen|veröffentlicht)|cet article (?:a été|est) (?:initialement )?(?:publié|paru)"
    r"|первоисточник|оригинал (?:статьи|публикации)|самое читаемое|mehr aus|meistgelesen|lo más (?:leído|visto)|les plus lus)",
    re.IGNORECASE,
)
# Of these, what nearly always stands at the end.
NOTICE: Final = re.compile(
    r"^[\W_]*(?:click the share|the original source|copyright|©|all rights|disclaimer|articles by|about the author|leave a|for media|первоисточник|оригинал)",
    re.IGNORECASE,
)
# At the beginning of an article, where it comes from.
REPUBLISHED: Final = re.compile(
    r"^\W*(?:this (?:article|story|piece|post|report|essay|column|interview) (?:was|is|has been|had been) (?:originally|first) (?:published|posted)|(?:originally|first) published (?:by|in|on|at)\b"
    r"|este artículo (?:fue|se) public\w+ originalmente|publicado originalmente|(?:dieser (?:artikel|text|beitrag) (?:ist|wurde) )?(?:ursprünglich|zuerst) (?:erschienen|veröffentlicht)"
    r"|cet article (?:a été|est) (?:initialement|d['’]abord) (?:publié|paru))",
    re.IGNORECASE,
)
# The last paragraph asks for support, or tells of the author.
APPEAL: Final = re.compile(
    r"\breader-(?:funded|supported)\b|\bsupport(?:ing)? (?:our|independent|quality) (?:work|journalism|reporting|newsroom)\b|\bhelp us (?:stay afloat|keep)\b"
    r"|\bvalue (?:our|independent) (?:work|journalism|reporting)\b|\bunterstützen sie (?:uns|unsere)\b|\bsoutenez(?:[- ]nous| notre)\b|\bapoya (?:nuestro|el) periodismo\b"
    r"|\bподдержите (?:нас|редакцию|нашу)\b"
    r"|^\W*(?:the |der |die |el |la |il |l['’]|o |a )?(?:author|writer|autor(?:in|a)?|auteure?|autrice|autore|автор)\s+(?:is|are|was|ist|war|es|est|è|é|—)\b",
    re.IGNORECASE,
)


def _is_label(paragraph: str) -> bool:
    """Whether a line is nothing but a label of the page's furniture."""
    return len(paragraph) <= MAX_LABEL and not paragraph.endswith(ASKING) and fold(paragraph) in LABELS


def is_furniture(paragraph: str) -> bool:
    """Whether a line is a label of the page's furniture, or begins as one."""
    return (
        _is_label(paragraph)
        or (len(paragraph) <= MAX_LINE and LINE.match(paragraph) is not None)
        or (len(paragraph) <= MAX_LETTERS and LETTERS.search(paragraph) is not None)
    )
