/**
 * Words that say nothing about a text's subject, by language. They are left out of key terms, and one of
 * them with a capital after an abbreviation says that a sentence begins there.
 */
const lists: Record<string, string> = {
  en: `a about above after again against all also am although an and another any are around as at away be because
    been before behind being below beside between beyond both but by can could despite did do does doing done down
    during each either even ever every everybody everyone few finally first for from further get gets got had has
    have having he hence her here hers herself him himself his how however i if in inside instead into is it its
    itself just last later less let like made make makes many may me meanwhile might mine more moreover most much
    must my myself neither nevertheless new no nobody none nor not nothing now of off often on once one only or other
    our ours ourselves out outside over own per perhaps please put rather said same say says see several she should
    since so some somebody someone soon still such than that the their theirs them themselves then there therefore
    these they thing things this those though three through throughout thus to today together too two under unless
    unlike until up upon us use used using very was way we well were what when where whereas whether which while who
    whom whose why will with within without would yes yesterday yet you your yours yourself yourselves`,
  de: `aber alle allerdings als also am an andere anders auch auf aus außer außerdem bei beide bevor bin bis bisher da
    dabei dadurch dafür dagegen daher damals damit danach daneben dann daran darauf darum das dass davon davor dazu
    dem den denn dennoch der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch dort du durch
    ein eine einem einen einer eines einige er es etwas euer für ganz gegen genau gestern gibt hat haben heute hier
    hierzu hinter ich ihm ihn ihr ihre ihrem ihren im immer in ins irgendwann ist ja jede jeder jedes jedoch jemand
    jetzt kann kein keine keiner kurz leider letztlich man manche mehr mein meine mit nach nachdem natürlich neben
    nein nicht nichts niemand noch nun nur ob obwohl oder ohne schließlich schon sehr seien sein seine seit seitdem
    sich sie sind so sobald sogar solche somit sonst sowie statt trotz trotzdem über um und uns unser unsere unter
    viele vielleicht vom von vor wann war waren warum was wegen weil welche wenn wer werden weshalb wie wieder wieso
    wir wird wo wobei während zu zudem zuerst zuletzt zum zur zwar zwischen`,
  fr: `a afin ai ainsi alors après au aucun aujourd'hui aussi autre autres aux avant avec beaucoup bien bref car ce ceci
    cela celle celles celui cependant ces cet cette ceux chaque chez comme comment contre dans de depuis des dès donc
    dont du elle elles en encore enfin ensuite entre est et eux fait hier ici il ils je jusque la là le les lequel
    leur leurs lorsque lui ma mais malgré même mes moi moins mon ne ni nos notre nous on ou où outre par parce pas
    pendant personne peu peut plus plusieurs pour pourquoi pourtant puis puisque quand que quel quelle quelques qui
    quoi sa sans sauf se selon ses si soit son sont sous souvent sur surtout ta tandis tant tel tes tes toi ton toujours
    tous tout toute toutefois toutes très trop tu un une voici voilà vos votre vous y été être`,
  es: `a además ahora al algo algunas algunos allí ante antes aquel aquella aquí así aun aunque ayer bajo bien cada casi
    como con contra cual cuando cómo cuándo cuál de del desde después donde dos durante el ella ellas ello ellos en
    encima entonces entre era es esa ese eso esta estaba estas este esto estos está están finalmente fue ha hacia han
    hasta hay hoy incluso la las le les lo los luego mas me mediante mi mientras mis mucho muchos muy más nada nadie
    ni ninguna ninguno no nos nosotros nuestra nuestro o os otra otro otros para pero poco por porque pues que quien
    quienes qué quizás se según ser si sin sino sobre son su sus sí también tampoco tan tanto te tiene todas todo
    todos tras tu tus un una unas uno unos usted y ya yo él`,
  pt: `a agora ainda algo alguns ali além ao aos apenas apesar após aquele aquela aqui as assim até cada com como contra
    contudo da das de depois desde do dos durante e ela elas ele eles em enquanto entre então era essa esse esta este
    estes está eu finalmente foi foram há hoje isso isto já lhe mais mas me mesmo meu minha muito muitos na nada nas
    nem nenhum ninguém no nos nossa nosso não nós o onde ontem os ou outra outro para pela pelo pois por porque
    porém portanto qual quando quanto que quem se segundo seja sem sempre ser seu seus sob sobre sua suas são só
    também tanto te tem todas todos tudo um uma umas uns vai você vocês à às é`,
  it: `a ad adesso ai al alla alle allo allora altri anche ancora appena assai avanti beh ben c'è che chi ci come con
    contro così cui da dai dal dalla dalle davvero degli dei del della delle dello dentro di dopo dove dunque e ecco
    ed era eravamo fino forse fra già gli ha hanno i ieri il in infatti infine inoltre insieme intanto invece io la
    le lei li lo loro lui ma mai me mentre mi mio molti molto ne negli nei nel nella nelle nessuno no noi non
    nonostante nostra nostro nulla o oggi ogni oltre oppure per perché perciò però più poi poiché prima proprio
    qua quale quali qualcuno quando quanto quasi quella quelle quelli quello questa queste questi questo qui quindi
    se sebbene secondo sei sempre senza si sia siamo solo sono sopra sotto su sua sugli sui sul sulla suo suoi tra
    tranne troppo tu tutta tutte tutti tutto un una uno vi voi è`,
  nl: `aan ach achter al alle allemaal alleen als altijd andere beide bij bijna binnen boven buiten daar daardoor daarna
    daarom dan dat de deze die dit doch door dus een eens eerst elk elke en enkele er ergens even ga geen haar had
    heb hebben heeft hem hen het hier hij hoe hun iedereen iemand ik in inmiddels is ja je jullie kan later maar
    me meer men met mijn misschien moet na naar naast niemand niet niets nog nooit nu of om omdat ondanks onder ons
    onze ook op over pas per s'avonds sinds soms te tegen terwijl tijdens toch toen tot tussen uit uw van vandaag
    vanuit veel verder via volgens voor vooral waar waarom wanneer want waren was wat we wel welke werd wie wij
    wil worden zal ze zelfs zich zij zijn zo zodra zoals zonder zou`,
  da: `ad af al alle allerede alligevel alt altid anden andre at bare begge blev bliver da de dem den denne der deres
    derfor desuden det dette dig din disse dog du efter eller en end endelig endnu er et fik flere for fordi fra få
    før gennem går har have heller hen hende hendes her herefter hos hun hvad hver hvis hvor hvordan hvorfor hvorimod
    hvornår han hans hvem hvilken i igen ikke imellem imens imod ind ingen intet jeg jer jo kan kun kunne lige man
    mange med meget mellem men mens mere mig min mod mon når ned nogen noget nogle nok nu ofte og også om omkring op
    os over overalt på samme samt selv selvom senere siden sig sin skal skulle snart som stadig så sådan tidligere
    til trods ud uden under var ved vi via vil ville være vores`,
  no: `alle allerede alltid andre at av bare begge ble blir da de deg dem den denne der deres derfor dessuten det dette
    din disse du eller en enda er et etter flere for fordi forrige fra før få gjennom ha hadde han hans har henne her
    hos hun hva hver hvem hvilken hvis hvor hvordan hvorfor i igjen ikke imens ingen inn jeg jo kan kanskje kun
    kunne likevel man mange med meg mellom men mens mer min mot mye må når ned nei noe noen nok nå og også om
    omkring opp oss over på samme samt seg selv selv om senere siden sin skal snart som så sånn tidligere til
    tross under uten ut var ved vi via vil være vår våre`,
  sv: `aldrig alla allt alltid andra att av bara bland blev blir båda de dem den denna deras dessa dessutom det detta
    dig din dit du där därefter därför efter efteråt eftersom ej eller en enligt er ett flera för före först från få
    ganska genom ha hade han hans har hej henne hennes hon hos hur här i idag igen igår ingen inget innan inom inte
    ja jag ju kan kanske kommer kunde man medan med mellan men mer mig min mot mycket många måste ni nog nu någon
    något några när nästan och också om oss ofta på redan samma samt sedan sen senare sig sin sina ska skulle snart
    som så sådan till tills trots under upp ut utan utom vad var varför varje vem vi via vid vilka vilken vill våra
    vår åt än är även över`,
  fi: `aina alla ei eivät ehkä ennen enää eräs esimerkiksi he heidän hän hänen häntä itse ja jo joka joku jokainen jonka
    jos joskus jotka juuri kaikki kanssa kautta kerran koska kuin kuinka kuitenkin kuka kukaan kun kyllä lisäksi lopuksi
    me meidän mihin mikä mikään miksi milloin minun minä missä miten mitä monet mukaan mukana mutta muut myös mä
    nykyään nyt nämä näin olen oli olivat on ovat pian sama samalla se sekä sen siellä siis siitä siksi sinun sinä
    sitten sitä tai te tässä tämä tämän tänään tästä vai vaikka vain vasta voi vuonna yksi`,
  cs: `a aby ale ani ano asi aspoň avšak až bez bude by byl byla byli bylo být co což dnes do dokud i já jak jako je jeho
    jejich její jen jenže jestli jestliže ještě ji jich jsem jsme jsou když kde kdo kdy k každý která které který
    ke kvůli mezi mimo místo mnoho moje my můj na nad nakonec naopak například ne nebo než nic nikdo nyní o od ona
    oni ono on pak po pod podle pokud poté potom proč pro proti proto protože před přesto při s se si snad tady tak
    také takže tam tato tedy ten tento teď to toto tu ty tyto už u v ve však všechno všichni vy vždy z za zatím
    zatímco zde ze že`,
  pl: `a aby albo ale ani aż bardzo bez bo był była było były być chociaż choć co czy czyli dla do dlaczego dlatego dopiero
    dziś dzisiaj gdy gdyby gdzie go i ich ile inne inny ja jak jaka jaki jako je jeden jednak jego jej jest jeszcze
    jeśli jeżeli już każdy kiedy kto która które który ku lecz lub ma mimo między mnie można my na nad nam nas nasz
    natomiast nawet nic nie nigdy nikt no o od on ona one oni oraz po pod podczas podobnie ponadto ponieważ potem
    poza przed przede przez przy są się skoro sobie swój ta tak taki tam te teraz też ten tę to tu ty tylko tym
    tymczasem u w we wczoraj więc wszyscy wszystko wtedy z za zaś zawsze ze że`,
  hu: `a ahol aki akkor alatt által amely ami amikor annak arra át az azok azonban azt azután az azért bár be cikk csak
    de e egy egyik előtt ehhez elég én ennek és ez ezek ezen ezért ezt ezután fel fog ha hanem hiszen hogy hogyan ide
    idén így ilyen is itt jól jön kell ki kik le legyen lehet lesz ma már mely mert mi miért mikor mind minden
    mindenki mint mit mivel most na nagyon nem nincs no noha nélkül ő ők ön össze óta pedig például s se semmi
    senki sok sőt szerint szinte talán te tegnap tehát több továbbá úgy ugyan után utána vagy vagyis valamint valaki
    van végül vele viszont vissza volt`,
  ru: `а без более бы был была были было быть в вам вас ведь весь во вот впрочем все всё всегда вчера вы где да даже два
    для до другие его ее её если есть еще ещё ж же за здесь и из или им их к как какой каждый ко когда кроме кто куда
    ли либо лишь между меня мне многие может мои мой мы на над надо наконец нас наш не него нее ней нельзя нет ни
    никогда никто ничего но ну о об однако он она они оно от перед по под пока после потом потому почему поэтому при
    про раз с сам свой себя сегодня сейчас со собственно так также такой там тебя тем теперь то тогда того тоже
    только том тот ту ты у уже хотя чего чей чем что чтобы эта эти это этого этот я`,
  uk: `а або адже але без би бо був була були було бути в вам вас ви від він во вона вони воно вчора все всі вже де для до
    дуже є з за зараз зі і ідо із інші її їх її й його каже коли крім куди лише між мене мені ми може моя мій на над
    нам нас наш не нема немає ні ніколи ніхто нічого ну о однак ось от по під після потім при про проте раз сам свій
    себе сьогодні та так такий також там те тепер ти тим то тобто тоді того тож тому той тут ту у хоча хто це цей ця
    через чи чому що щоб я як який якщо`,
  tr: `acaba ama ancak arasında artık aslında ayrıca az bana bazen bazı ben beri bile bir biraz birçok biri birkaç biz
    böyle böylece bu bugün buna bundan bunlar bunu bunun burada çok çünkü da daha dahi de defa değil diğer diye dolayı
    dün eğer en fakat gibi göre hangi hatta hem henüz hep hepsi her hiç için ile ilk ise işte kadar karşı kendi ki kim
    kimse madem mı mi mu mü nasıl ne neden nerede niçin niye o oysa olan olarak oldu olduğu olur ona onlar onu onun
    orada önce öyle pek rağmen sadece sanki şey şimdi şöyle şu sonra tüm üzere var ve veya ya yani yine yok yoksa zaten`,
  el: `αλλά αν αντί από αργότερα αυτά αυτή αυτό αυτός αφού για γιατί δε δεν διότι δύο εάν εγώ εδώ είναι εκεί εκείνη εκείνο
    εκείνος ενώ ένα ένας επειδή επίσης έτσι έχει έχουν ή η ήδη ήταν θα και καθώς κάθε κανείς κατά κι κάποιος λοιπόν μα
    μας με μεταξύ μέχρι μη μην μια μόνο μπορεί να ο οι όλα όλοι όμως όπως όπου όταν ότι ούτε παρά πάνω περί ποιος πολύ
    που πού πριν προς πώς σαν σας σε σήμερα στα στη στην στις στο στον στους συχνά τα τη την της τι τις το τον του
    τους τότε των τώρα χωρίς ως ωστόσο`,
  ar: `أحد إذا إلا إلى أما أمام أن إن أنا أنت أو أي أيضا أين بعد بعض بل بما بن بين تحت تلك ثم جدا حتى حول حيث خلال دون ذلك
    سوف ضد عبر عدة عدم على عليه عن عند عندما غير ف فإن فقد فقط في فيه قبل قد كان كانت كذلك كل كلا كما كيف لا لأن لدى
    لقد لكن لم لماذا لن له لها لو ليس ما ماذا متى مثل مع معظم من منذ منه نحن نحو هذا هذه هل هم هنا هناك هو هي و وقد
    ولا ولكن وهو وهي يا يجب يكون يمكن`,
  fa: `آن آنها آنچه اگر اما از است او اینکه این ای با بار باید بدون بر برای بسیار بود بودن بوده به بی بین پس پیش تا تر تمام
    تنها تو جا جز چرا چند چه چون چگونه حتی خود خیلی در درباره دو دیگر را روی زیرا سپس شان شاید شد شدن شده شما شود طی
    علیه غیر فقط کجا کدام کرد کردن کرده کس کند کنند که کی گاه ما مانند مثل مگر من مورد می میان نباید نه نیز نیست هر
    هست هم همان همه همچنین همین هنوز هیچ و ولی وی یا یک`,
  hi: `अगर अन्य अपना अपनी अपने अब आज आदि आप इन इस इसके इसलिए इसे उन उनके उस उसके एक एवं और कई कब करता करते करना करने कर कहाँ का
    किन्तु किया किसी की कुछ के केवल को कोई कौन क्या क्यों गया जब जहाँ जा जो ज्यादा तक तथा तब तो था थी थे दिया दो द्वारा
    न नहीं ने पर परंतु पहले फिर बहुत बाद बारे भी में मैं यदि यह यहाँ या ये रहा रहे रूप लिए लेकिन वह वहाँ वे सकता सकते सब
    सभी साथ से हम ही हुआ हुई हुए हूँ है हैं हो होता होती होने`,
  ja: `あなた ある いう いる お か から が くださる こ こと これ この さ さらに し しかし する そして その それ た ため だ だけ って つ て
    で です では でも と とき として とも な ない など なら なり なる に の は へ ほど ます また まで も もの や やる よう より られる れ る
    れる わたし 私 を`,
  zh: `一个 一些 与 且 並 为 为了 之 也 了 于 些 什么 从 他 他们 以 以及 但 但是 你 你们 使 来 依 倘 像 其 再 则 到 却 及 又 只 可以 可能
    各 吗 吧 呢 和 哪 因为 因此 在 多 她 如 如果 它 对 将 就 并 并且 很 得 您 您的 我 我们 所 所以 把 是 更 有 有的 某 没有 由 由于 的 着
    等 给 而 而且 能 被 要 让 该 还 还是 这 这个 这些 那 那些 都`,
  ko: `가 그 그것 그녀 그는 그들 그래서 그러나 그런 그리고 나 나는 너 년 는 더 도 들 등 때 또 또는 를 만 및 바 수 안 어떤 에 에게 에서 와 왜
    우리 으로 은 을 의 이 이것 이런 일 있는 있다 저 제 즉 지금 하지만 한 할 합니다 후`,
};

const sets = new Map(
  Object.entries(lists).map(([language, words]) => [language, new Set(words.split(/\s+/))] as const),
);
/** For a language that is not among these: the ones that people write to us in most. */
const fallback = new Set(["en", "de", "fr", "es"].flatMap((language) => [...(sets.get(language) ?? [])]));

/** The key of a language in the tables of this folder: "pt" for "pt-BR", "no" for "nb" and "nn". */
export function baseLanguage(tag: string): string {
  const base = tag.split("-", 1)[0]?.toLowerCase() ?? "";
  return base === "nb" || base === "nn" ? "no" : base;
}

/** Function words of a language, in lower case. */
export function functionWords(language: string): ReadonlySet<string> {
  return sets.get(baseLanguage(language)) ?? fallback;
}
