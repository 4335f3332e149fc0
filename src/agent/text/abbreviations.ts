import { baseLanguage } from "./function-words.ts";

/** What a full stop after a word means in one language. Words stand in lower case, without their last full stop. */
export type AbbreviationRules = {
  /** A name or noun follows: "Dr.", "z. B.". The sentence goes on, whatever comes. */
  beforeName: ReadonlySet<string>;
  /** A number follows: "No. 7", "Abb. 3". Before anything else they are words like others: "He said no." */
  beforeNumber: ReadonlySet<string>;
  /** A list ends with it: "etc.". What follows with a capital is a new sentence. */
  atEnd: ReadonlySet<string>;
  /** May stand anywhere: "Inc.", "p.m.". A sentence begins after it only with a function word. */
  anywhere: ReadonlySet<string>;
  /** "7. Mai": a full stop makes a number an ordinal. */
  ordinals: boolean;
  /** Words have vowels: one without them is an abbreviation that no list knows. */
  vowels: boolean;
};

type Lists = { beforeName?: string; beforeNumber?: string; atEnd?: string; anywhere?: string };

/** In every language of the Latin alphabet, because papers and addresses carry them along. */
const common: Lists = {
  beforeName: "dr prof mr mrs ms mx st e.g i.e",
  beforeNumber: "no nr fig p pp vol tel art ca approx v",
  atEnd: "etc",
  anywhere: "inc ltd corp co jr llc ph.d a.m p.m u.s u.k e.u al vs cf",
};

const byLanguage: Record<string, Lists> = {
  en: {
    beforeName: `messrs mme gen sen rep gov capt lt col sgt maj cmdr adm rev hon pres supt mt ft drs profs viz dept assoc`,
    beforeNumber: `nos figs sec sect ch chap eq ed vols ext para jan feb mar apr jun jul aug sep sept oct nov dec
      circa apt rm min max`,
    anywhere: `bros sr esq ave blvd rd b.c a.d b.c.e c.e d.c ibid est dist univ ltda plc`,
  },
  de: {
    beforeName: `fa hr fr frl dipl ing h.c z.b d.h u.a i.d.r i.a u.u s.o s.u o.g o.ä zzgl inkl einschl exkl evtl ggf
      bzw sog vgl insb bes bspw beisp zw geb gest verh hl hrsg mag med phil jur rer nat stud str.-nr gem lt m.e z.t
      v.a u.v.m i.s.v i.h.v i.v.m abzgl mind max jhrl lfd allg entspr versch ehem ca kath ev dt engl frz lat franz
      amerik österr schweiz ital span nördl südl östl westl wg zus einschl stellv vors priv`,
    beforeNumber: `abb bd bde kap s abs aufl tab ziff anm hausnr tel rn rdnr jan feb mrz apr jun jul aug sep sept okt
      nov dez art lit min std`,
    atEnd: "usw usf ff f uvm etc",
    anywhere: `gmbh mio mrd tsd str pl n.chr v.chr jh jhd co kg e.v uvm st mwst usw.`,
  },
  fr: {
    beforeName: `m mm mme mmes mlle mlles me mgr pr drs st ste p.ex av bd boul pl env c.-à-d c.à.d cf av.j rd fg`,
    beforeNumber: `n no nos fig chap t sect art janv févr avr juil sept oct nov déc p.ex h`,
    anywhere: `j.-c s.a s.a.r.l cie hab apr av`,
  },
  es: {
    beforeName: `ee sr sra sres sras srta d dª dña dra dres ud uds vd vds excmo excma ilmo lic ing arq gral cnel av avda c
      pza p.ej ej ntra sto sta fray hnos admón dpto depto`,
    beforeNumber: `nº n.º núm núms pág págs pp cap caps fig art vol tomo s ss aprox máx mín tlf ene feb mar abr may jun jul ago
      sep sept oct nov dic km`,
    anywhere: `ee.uu a.c d.c s.a s.l p.m a.m cía ltda rr.hh ss.mm`,
  },
  pt: {
    beforeName: `sr sra srs sras srta d dra drs profa eng exmo exma av r pça al p.ex ex sto sta dept depto trav`,
    beforeNumber: `n nº n.º núm pág págs pp cap fig art vol séc aprox máx mín tel jan fev mar abr mai jun jul ago set out nov dez`,
    anywhere: `ltda cia s.a a.c d.c eua e.u.a h`,
  },
  it: {
    beforeName: `sig sigg sig.ra sig.na dott dott.ssa dr.ssa prof.ssa ing avv arch geom rag on mons s ss es ad.es p.es v.le c.so
      p.za l.go spett gent egr cfr`,
    beforeNumber: `n nn pag pagg cap fig art vol sec tel ca gen feb mar apr mag giu lug ago set sett ott nov dic`,
    atEnd: "ecc",
    anywhere: `a.c d.c s.p.a s.r.l s.n.c c.a`,
  },
  nl: {
    beforeName: `dhr mevr mw mej drs ir ing mr prof ds bijv bv o.a d.w.z m.a.w m.b.t i.v.m t.a.v n.a.v t.o.v z.g zgn resp
      incl excl mgr jhr ca evt gem ged m.n i.p.v vgl`,
    beforeNumber: `nr nrs blz p afb hfst art tel jan feb mrt apr jun jul aug sep sept okt nov dec min max`,
    atEnd: "enz e.d e.a",
    anywhere: `b.v n.v v.chr n.chr e.v`,
  },
  da: {
    beforeName: `hr fr frk f.eks bl.a dvs d.v.s m.fl jf inkl ekskl evt vedr pga iht ift ang civ.ing cand pr kgl sct mag`,
    beforeNumber: `nr kl ca s kap fig afsn tlf jan feb apr jun jul aug sept okt nov dec min maks`,
    atEnd: "osv m.m mv o.l m.v etc",
    anywhere: `a/s kr mio mia f.kr e.kr stk`,
  },
  no: {
    beforeName: `hr fr frk f.eks bl.a dvs d.v.s jf inkl ekskl evt vedr pga iht ift ang pr kgl st`,
    beforeNumber: `nr kl ca s kap fig tlf jan feb apr jun jul aug sept okt nov des min maks`,
    atEnd: "osv m.m mv o.l m.v",
    anywhere: `kr mill mrd f.kr e.kr stk`,
  },
  sv: {
    beforeName: `hr fr t.ex bl.a dvs d.v.s s.k resp inkl exkl ev ang jfr fr.o.m t.o.m p.g.a i.o.m d.ä d.y kungl st`,
    beforeNumber: `nr kl ca s kap fig tel jan feb apr jun jul aug sept okt nov dec min max`,
    atEnd: "osv m.m m.fl o.s.v o.d",
    anywhere: `kr milj mdr f.kr e.kr st`,
  },
  fi: {
    beforeName: `esim mm ns ts eli tri tns ks vrt prof maist herra rva nti joht past toim kirj`,
    beforeNumber: `n nro klo s puh noin tel vk`,
    atEnd: "jne ym yms",
    anywhere: `eaa jaa eur milj mrd`,
  },
  cs: {
    beforeName: `ing mgr bc mudr judr phdr rndr doc prof p pí sv např tj tzv resp vč popř příp mj tzn ev st ml gen plk npor
      ul nám tř`,
    beforeNumber: `č čís str obr kap sv odst tel cca hod`,
    atEnd: "atd apod aj",
    anywhere: `kč mil mld tis ph.d csc s.r.o a.s př.n.l n.l roč`,
  },
  pl: {
    beforeName: `prof hab inż mgr lek płk gen ks bp św śp ul al pl os np tj tzn tzw m.in itp. dyr red zob por ok woj pow gm im`,
    beforeNumber: `nr str rys rozdz t poz tel godz ok art ust pkt`,
    atEnd: "itd itp",
    anywhere: `tys mln mld zł r w n.e p.n.e sp z.o.o`,
  },
  hu: {
    beforeName: `dr prof ifj id özv pl ill ún ti vö lásd ld szt gr u krt tér`,
    beforeNumber: `kb sz old tel fszt em k`,
    atEnd: "stb",
    anywhere: `ft kft bt zrt rt i.e i.sz`,
  },
  ru: {
    beforeName: `г-н г-жа проф акад доц гр св им ул пр пл пер д напр т.е см ср т.н т.к ген полк тов инж чл стр`,
    beforeNumber: `рис с стр гл табл п ст ок тел кв д №`,
    atEnd: "т.д т.п др пр",
    anywhere: `г гг в вв руб коп тыс млн млрд н.э до.н.э т.о`,
  },
  uk: {
    beforeName: `п проф акад доц св ім вул просп пл буд напр т.зв див пор ген інж м`,
    beforeNumber: `рис с стор гл табл ст бл тел кв`,
    atEnd: "т.д т.п ін",
    anywhere: `р рр ст грн коп тис млн млрд н.е`,
  },
  tr: {
    beforeName: `dr prof doç av sn sok cad mah örn bkz yrd öğr uzm hz op`,
    beforeNumber: `s no sf şek tel`,
    atEnd: "vb vs vd",
    anywhere: `m.ö m.s a.ş ltd şti`,
  },
  el: {
    beforeName: `κ κα κκ δρ καθ π.χ δηλ βλ αγ λεωφ οδ`,
    beforeNumber: `αρ σελ σ τηλ εικ κεφ`,
    atEnd: "κ.λπ κλπ κ.ά κτλ",
    anywhere: `π.μ μ.μ π.χ. μ.χ α.ε`,
  },
  ar: { beforeName: "د أ م ص ج ق هـ ب ت س", beforeNumber: "ص رقم" },
  fa: { beforeName: "د م", beforeNumber: "ص ش" },
  hi: { beforeName: "डॉ प्रो श्री सु पं कु मि ई उदा डा", anywhere: "रु" },
};

/** Languages that write an ordinal number with a full stop. */
const withOrdinals = new Set("de da no fi cs sk hu pl sl hr sr bs et lv lt is tr eu lb fo".split(" "));
/** A consonant can be the heart of a syllable there ("vlk", "krk"), or the script writes none. */
const withoutVowels = new Set("cs sk sl hr sr bs mk bg ar fa he ur ja zh ko hi".split(" "));

const known = new Map<string, AbbreviationRules>();

/** The rules of a language; those of every language where it has none of its own. */
export function abbreviationRules(language: string): AbbreviationRules {
  const base = baseLanguage(language);
  const key = base in byLanguage || withOrdinals.has(base) || withoutVowels.has(base) ? base : "";
  const found = known.get(key) ?? build(key);
  known.set(key, found);
  return found;
}

function build(base: string): AbbreviationRules {
  const own = byLanguage[base] ?? {};
  const beforeName = wordsOf(own.beforeName);
  const anywhere = wordsOf(own.anywhere);
  // What a language says of a word of its own counts more than what is common: "Sr." in Spanish.
  const mine = new Set([...beforeName, ...anywhere, ...wordsOf(own.beforeNumber), ...wordsOf(own.atEnd)]);
  const shared = (list: string | undefined) => wordsOf(list).filter((word) => !mine.has(word));
  return {
    beforeName: new Set([...beforeName, ...shared(common.beforeName)]),
    beforeNumber: new Set([...wordsOf(own.beforeNumber), ...shared(common.beforeNumber)]),
    atEnd: new Set([...wordsOf(own.atEnd), ...shared(common.atEnd)]),
    anywhere: new Set([...anywhere, ...shared(common.anywhere)]),
    ordinals: withOrdinals.has(base),
    vowels: base !== "" && !withoutVowels.has(base),
  };
}

function wordsOf(list: string | undefined): string[] {
  return list ? list.split(/\s+/).map((word) => word.replace(/\.$/, "")) : [];
}
