import type { en } from './en.ts';

const numbers = new Intl.NumberFormat('de'); // once: making one costs more than rendering a paper
const count = (value: number) => numbers.format(value);
/** `1 Paper`, `12 Paper`. */
const n = (value: number, one: string, many: string) =>
  `${count(value)} ${value === 1 ? one : many}`;
const papers = (value: number) => n(value, 'Paper', 'Paper');

const MONTHS =
  'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ');
const SHORT = 'Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.'.split(' ');
const WEEKDAYS = 'Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag'.split(' ');

/** German. */
export const de: typeof en = {
  name: 'Deutsch',
  longDay: (day) => {
    const date = new Date(`${day}T00:00:00Z`);
    return `${WEEKDAYS[date.getUTCDay()]}, ${date.getUTCDate()}. ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  },
  shortDay: (instant) => {
    const date = new Date(instant);
    return `${date.getUTCDate()}. ${SHORT[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  },
  when: (cadence, weekday, hour, zone) => {
    const days = {
      daily: 'jeden Tag',
      weekdays: 'montags bis freitags',
      weekly: `jeden ${weekday}`,
    };
    return `${days[cadence]} um ${hour} Uhr (${zone})`;
  },
  nav: { skip: 'Zum Inhalt', archive: 'Archiv', link: 'Mein Link', more: 'Weiteres' },
  badLink: {
    title: 'Dieser Link funktioniert nicht',
    why: 'Vielleicht wurde er unterwegs abgeschnitten, oder wofür er stand, gibt es nicht mehr. Wer Paperboy liest, kann sich einen neuen Link zu den Einstellungen schicken lassen.',
    remedy: 'Link zuschicken',
  },
  home: {
    title: 'Gefragte Paper im eigenen Posteingang',
    lead: 'Neue Forschungsarbeiten zu den eigenen Themen, zur gewünschten Stunde. Ein Klick, und Schluss damit.',
    email: 'E-Mail-Adresse',
    topics: 'Themen',
    topicsHint:
      'Wörter oder Wendungen, durch Kommas getrennt: diffusion models, robotics. Darf leer bleiben.',
    suggestions: 'Oder aus dem wählen, worüber gerade geschrieben wird',
    cadence: 'Wie oft',
    timeZone: 'Zeitzone',
    timeZoneHint: 'Geraten; bitte ändern, wenn sie nicht stimmt.',
    subscribe: 'Abonnieren',
    consent:
      'Mit dem Abonnieren bestellst du diesen Überblick per E-Mail. Du bestätigst ihn über einen Link und wirst ihn in jeder Mail mit einem Klick wieder los.',
    trap: 'Bitte leer lassen',
    today: (day) => `Die Ausgabe von ${day}`,
    whole: 'Die ganze Ausgabe',
    none: 'Die erste Ausgabe ist noch nicht gedruckt.',
  },
  cadences: { daily: 'Jeden Tag', weekdays: 'Montag bis Freitag', weekly: 'Einmal in der Woche' },
  weekdays: ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag'],
  asked: {
    title: 'Schau in dein Postfach',
    why: 'Wenn wir dieser Adresse schreiben dürfen, ist eine Nachricht unterwegs. Abonniert ist erst, wenn du hinter ihrem Link den Knopf drückst.',
    late: 'Nach ein paar Minuten noch nichts? Dann liegt sie vielleicht im Spam-Ordner. Dieselbe Adresse bekommt frühestens nach einem Tag eine neue Nachricht.',
  },
  limited: {
    title: 'Zu viel auf einmal',
    why: 'Aus deinem Netz, oder insgesamt, kam mehr, als wir in einer Stunde beantworten. Bitte versuche es später wieder.',
  },
  foreign: {
    title: 'Dieses Formular kam von anderswo',
    why: 'Dein Browser sagt, dass eine andere Website es geschickt hat. Öffne die Seite hier und versuche es noch einmal.',
  },
  confirm: {
    title: 'Noch ein Knopfdruck',
    whose: (mask) => `Damit wird ${mask} abonniert.`,
    button: 'Abonnement bestätigen',
    done: 'Du hast Paperboy abonniert',
    next: (when) => `Dein Überblick kommt ${when}.`,
    choose: 'Wählen, was darin steht',
  },
  leave: {
    title: 'Paperboy abbestellen?',
    whose: (mask) =>
      `Dies ist das Abonnement von ${mask}. Wenn du das nicht bist, hat dir jemand seine Mail weitergeleitet: Bitte überlasse es dieser Person.`,
    button: 'Abbestellen',
    fewerTitle: 'Oder lieber seltener?',
    weekly: 'Einmal in der Woche',
    pause: (weeks) => `${n(weeks, 'Woche', 'Wochen')} Pause`,
    preferences: 'Alle Einstellungen: Link zuschicken lassen',
    left: 'Du hast abbestellt',
    leftWhy: (mask) => `${mask} bekommt nichts mehr von uns.`,
    again: 'Das war ein Versehen: wieder abonnieren',
    later: 'Du kannst jederzeit wieder abonnieren.',
    reasonTitle: 'Sagst du uns, warum?',
    reasonHint: 'Nur wenn du magst.',
    reasons: ['Zu viele Mails', 'Paper, die nichts für mich sind', 'Ich hatte nie darum gebeten'],
    other: 'In eigenen Worten',
    send: 'Abschicken',
    thanks: 'Danke, das hilft.',
    weeklyDone: (day) => `Ab jetzt kommt er einmal in der Woche, am ${day}.`,
    pauseDone: (day) => `Vor dem ${day} kommt nichts.`,
    back: 'Willkommen zurück. Alles kommt wie zuvor.',
  },
  optOut: {
    title: 'Keine Mail mehr von uns?',
    whose: (mask) =>
      `Es geht um ${mask}. Drückst du den Knopf, schreiben wir nie wieder dorthin, wer auch immer die Adresse eingibt: keinen Überblick, keine Bestätigung, keinen Link. Ein Abonnement dieser Adresse endet.`,
    alerts: 'Dorthin gehen die Warnungen, wie es dieser Website geht. Dann bekommt sie niemand.',
    button: 'Nie wieder an diese Adresse schreiben',
    done: 'Von uns kommt keine Mail mehr',
    doneWhy: (mask) =>
      `${mask} bekommt nichts von uns, auch wenn jemand die Adresse wieder anmeldet. Was vorher abging, kann noch ankommen.`,
    mistake:
      'Möchtest du eines Tages wieder Mails, frag, wer diese Website betreibt: Durch einen Link oder ein Formular lässt es sich nicht zurücknehmen.',
  },
  preferences: {
    title: 'Deine Einstellungen',
    whose: (mask) => `Der Überblick von ${mask}`,
    saved: 'Gespeichert.',
    faulty: 'Noch ist nichts gespeichert: Einige Felder stimmen nicht.',
    stopped: {
      bounced:
        'Zurzeit kommt nichts: Mails an diese Adresse kamen zu uns zurück. Nenn unten eine andere Adresse, oder schreib an die Betreiber dieser Website.',
      complained:
        'Zurzeit kommt nichts: Unsere Mail an diese Adresse wurde als Spam gemeldet. Nenn unten eine andere Adresse, oder schreib an die Betreiber dieser Website.',
      other:
        'Zurzeit kommt nichts: An diese Adresse sollen wir nicht schreiben. Nenn unten eine andere Adresse, oder schreib an die Betreiber dieser Website.',
    },
    gone: 'Du hast abbestellt. Was du hier wählst, gilt, wenn du wieder abonnierst.',
    about: 'Worum es geht',
    topics: 'Themen',
    topicsHint: 'Wörter oder Wendungen, durch Kommas getrennt. Paper mit ihnen kommen zuerst.',
    exclude: 'Auslassen',
    excludeHint: 'Paper mit einem dieser Wörter kommen nie.',
    categories: 'arXiv-Kategorien',
    categoriesHint: 'Zum Beispiel cs.CL, stat.ML.',
    authors: 'Menschen, denen du folgst',
    organisations: 'Einrichtungen, denen du folgst',
    namesHint: 'Namen, durch Kommas getrennt.',
    dial: 'Zwischen beliebt und passend',
    dialHint: 'Links: was alle lesen. Rechts: was deine eigenen Wörter trifft.',
    popular: 'Beliebt',
    relevant: 'Passend',
    community: 'Was mir gefällt, darf helfen, Paper für andere auszuwählen',
    communityHint:
      'Aus, solange du es nicht ankreuzt. Nur was mindestens fünf Menschen gefällt, zählt, und ohne Namen.',
    when: 'Wann er kommt',
    weekday: 'Tag des wöchentlichen Überblicks',
    hour: 'Stunde',
    timeZone: 'Zeitzone',
    pausedUntil: 'Pause bis',
    pausedHint: 'Vor diesem Tag kommt nichts. Leer: keine Pause.',
    sendEmpty: 'Schreibt mir auch, wenn es nichts Neues gibt',
    looks: 'Wie er aussieht',
    layout: 'Form',
    layouts: {
      full: 'Voll: Titel, Zusammenfassungen, Links',
      compact: 'Knapp: viele Paper, je zwei Zeilen',
      text: 'Nur Text',
    },
    papersMax: 'Höchstens so viele Paper',
    papersHint: '1 bis 50. Leer: 10, in der knappen Form 30.',
    language: 'Sprache',
    save: 'Speichern',
    preview: 'So sähe dein nächster Überblick aus',
    previewOf: (day) => `Aus der Ausgabe von ${day}.`,
    previewNone: 'Mit diesen Einstellungen enthält die neueste Ausgabe nichts für dich.',
    others: (value) => `und ${n(value, 'weiteres Paper', 'weitere Paper')}`,
    address: 'Andere Adresse',
    addressHint: 'Wir schreiben an die neue Adresse; sie gilt, sobald du dort bestätigst.',
    newAddress: 'Neue E-Mail-Adresse',
    change: 'Bestätigung schicken',
    addressAsked: 'Wenn wir der neuen Adresse schreiben dürfen, ist eine Nachricht unterwegs.',
    yours: 'Deine Daten',
    savedPapers: 'Gemerkte Paper',
    leave: 'Abbestellen',
    data: 'Ansehen oder löschen, was über dich gespeichert ist',
  },
  library: {
    title: 'Paper, die du schon kennst',
    why: 'Bring deine Bibliothek mit, damit schon der erste Überblick weiß, was du liest. Die neuesten 500 Paper gelten als solche, die dir gefallen.',
    none: 'Noch ist nichts hier.',
    has: (matched, text) =>
      `Hier ${matched + text === 1 ? 'ist' : 'sind'} ${n(matched + text, 'Paper', 'Paper')}: ${matched} aus unserem Archiv, ${text} so, wie du ${text === 1 ? 'es' : 'sie'} mitgebracht hast.`,
    file: 'Deine Bibliothek als Datei',
    fileHint:
      'BibTeX, RIS, Zotero RDF, CSL JSON, die Werke eines ORCID-Eintrags oder eine Liste von arXiv-Nummern und DOIs. Höchstens 5 MB.',
    button: 'Mitbringen',
    clear: 'Diese Paper vergessen',
    cleared: 'Sie sind vergessen.',
    outcome: 'Was aus deiner Datei wurde',
    counts: ({ read, matched, text, waiting, added, refused, older, repeated }) => [
      `${n(read, 'Eintrag', 'Einträge')} gelesen, ${added} davon neu für uns.`,
      `${n(matched, 'Paper', 'Paper')} aus unserem Archiv`,
      `${text} mit Titel und Zusammenfassung behalten`,
      ...(waiting > 0
        ? [
            `${waiting} nur als Nummer bekannt, für die Zeit, wenn unser Archiv ${waiting === 1 ? 'es' : 'sie'} hat`,
          ]
        : []),
      ...(repeated > 0 ? [`${repeated} in der Datei doppelt`] : []),
      ...(older > 0 ? [`${older} ausgelassen: Nur die neuesten 500 bleiben`] : []),
      `${refused.length} abgelehnt`,
    ],
    refusedTitle: 'Abgelehnt',
    more: (count) => `und ${count} weitere`,
    places: {
      bibtex: 'Zeile',
      ris: 'Zeile',
      list: 'Zeile',
      rdf: 'Eintrag',
      csl: 'Eintrag',
      orcid: 'Eintrag',
    },
    refusals: {
      unclosed: 'eine Klammer oder ein Anführungszeichen ist nicht geschlossen',
      malformed: 'so sieht in diesem Format kein Eintrag aus',
      nameless: 'es gibt weder Titel noch arXiv-Nummer noch DOI',
      noId: 'es gibt weder arXiv-Nummer noch DOI',
      tooLong: 'der Eintrag ist zu lang',
    },
    faults: {
      choose: 'Bitte eine Datei wählen.',
      empty: 'Die Datei ist leer.',
      tooLarge: 'Die Datei ist größer als 5 MB.',
      unreadable:
        'Diese Datei können wir nicht lesen. Exportiere sie noch einmal, am besten als BibTeX.',
    },
  },
  faults: {
    email: 'Bitte eine einzige Adresse, etwa ada@example.org.',
    emailBlocked: 'An Adressen dieser Domain können wir nicht schreiben. Bitte nimm eine andere.',
    terms: 'Höchstens 50, jedes mit 2 bis 80 Zeichen.',
    categories: 'Kategorien sehen aus wie cs.CL oder math-ph; höchstens 50.',
    choice: 'Bitte aus der Liste wählen.',
    timeZone: 'Bitte eine Zeitzone wie Europe/Berlin wählen.',
    papersMax: 'Eine ganze Zahl von 1 bis 50, oder nichts.',
    dial: 'Eine Zahl von 0 bis 100.',
    date: 'Ein Tag wie 2026-12-24, oder nichts.',
  },
  moved: {
    title: 'Abonnement umziehen',
    whose: (mask) => `Von jetzt an ginge der Überblick an ${mask}.`,
    button: 'Diese Adresse nehmen',
    done: 'Dein Überblick geht jetzt an die neue Adresse.',
    taken: 'Diese Adresse hat schon ein eigenes Abonnement oder darf keine Post von uns bekommen.',
  },
  link: {
    title: 'Link zuschicken',
    why: 'Deine Einstellungen öffnen sich über einen Link, ohne Passwort. Er steht in jeder Mail; hier bekommst du ihn noch einmal.',
    button: 'Zuschicken',
    done: 'Wenn diese Adresse Paperboy liest, ist ihr Link unterwegs.',
  },
  feedback: {
    titles: { like: 'Mehr davon?', dislike: 'Weniger davon?', save: 'Dieses Paper merken?' },
    buttons: { like: 'Mehr davon', dislike: 'Weniger davon', save: 'Merken' },
    done: { like: 'Notiert: mehr davon.', dislike: 'Notiert: weniger davon.', save: 'Gemerkt.' },
    undo: 'Zurücknehmen',
    undone: 'Zurückgenommen.',
    list: 'Deine gemerkten Paper',
    none: 'Du hast dir noch nichts gemerkt. Jedes Paper deines Überblicks hat dafür einen Link.',
    bibtex: 'Als BibTeX herunterladen',
    remove: 'Entfernen',
  },
  archive: {
    title: 'Archiv',
    lead: 'Jede Ausgabe, wie sie gedruckt wurde.',
    search: 'Paper durchsuchen',
    find: 'Suchen',
    found: (value, query) =>
      value === 0 ? `Nichts gefunden zu „${query}“.` : `${papers(value)} zu „${query}“`,
    foundMore: (value, query) => `Die besten ${count(value)} zu „${query}“`,
    papers,
    none: 'Noch keine Ausgabe.',
    previous: 'Zurück',
    next: 'Weiter',
    pages: 'Ausgaben',
    page: (page, of) => `Seite ${page} von ${of}`,
    community: 'und der Community',
    by: (names) => `von ${names}`,
    paperIn: 'In den Ausgaben von',
    paperPage: 'Dieses Paper im Archiv',
    read: 'Paper lesen',
    code: 'Code',
    project: 'Projekt',
    topic: (topic) => `Paper zu „${topic}“`,
    abstract: 'Zusammenfassung',
    related: 'Ähnliche Paper',
    notFound: 'Hier ist nichts',
    notFoundWhy: 'Die Seite ist umgezogen, oder es gab sie nie. Im Archiv steht jede Ausgabe.',
    failed: 'Bei uns ist etwas schiefgegangen',
    failedWhy:
      'Wir haben es aufgeschrieben; nichts ging halb verloren. Bitte versuche es später wieder.',
    tooLong: 'Das war zu lang, um gelesen zu werden. Bitte kürze es.',
  },
  privacy: {
    title: 'Deine Daten',
    lead: 'Alles, was über dich gespeichert ist, und wie du es löschen lässt.',
    consents: 'Wozu du Ja gesagt hast',
    consent: {
      asked: 'Abonnement erbeten',
      confirmed: 'Abonnement bestätigt',
      left: 'Abbestellt',
      'came back': 'Wieder abonniert',
      moved: 'Adresse geändert',
      erased: 'Daten gelöscht',
    },
    counts: (digests, notes) =>
      `Wir haben dir ${n(digests, 'Überblick', 'Überblicke')} geschickt und bewahren ${n(notes, 'Notiz', 'Notizen')} von dir zu Papern auf.`,
    export: 'Alles herunterladen (JSON)',
    eraseTitle: 'Alles löschen',
    eraseWhy:
      'Adresse, Einstellungen, gemerkte Paper und Verlauf werden endgültig entfernt. Es bleibt nur ein verschlüsselter Code der Adresse, damit niemand sie wieder abonnieren kann; er lässt sich nicht in die Adresse zurückverwandeln.',
    erase: 'Meine Daten löschen',
    erased: 'Deine Daten sind gelöscht',
    erasedWhy:
      'An deine Adresse kommt nichts mehr. Links in älteren Mails funktionieren nicht mehr.',
  },
  digest: {
    view: 'Im Browser ansehen',
    preferences: 'Einstellungen',
    manage: 'Einstellungen ändern',
    unsubscribe: 'Abbestellen',
    heading: (value) => (value === 0 ? 'Heute nichts Neues für dich' : `${papers(value)} für dich`),
    intro: (candidates, topical, trending, pinned) => {
      const shares = [
        ...(pinned > 0 ? [`${n(pinned, 'ist', 'sind')} angeheftet`] : []),
        ...(topical > 0 ? [`${n(topical, 'trifft', 'treffen')} deine Themen`] : []),
        ...(trending > 0 ? [`${n(trending, 'ist', 'sind')} gefragt`] : []),
      ];
      return shares.length === 0
        ? `Von ${papers(candidates)} ist keines neu für dich.`
        : `Ausgewählt aus ${papers(candidates)}: ${shares.join(', ')}.`;
    },
    others: (value) => `+ ${count(value)} weitere`,
    because: (name, host) => `Du bekommst dies, weil du ${name} auf ${host} abonniert hast.`,
    matches: (topics, rest) => {
      const named = topics.map((topic) => `„${topic}“`);
      if (rest > 0)
        return `Passt zu deinen Themen ${named.join(', ')} und ${n(rest, 'weiteren', 'weiteren')}`;
      if (named.length === 1) return `Passt zu deinem Thema ${named[0]}`;
      return `Passt zu deinen Themen ${named.slice(0, -1).join(', ')} und ${named.at(-1)}`;
    },
    trending: (rank, of, upvotes) => {
      const place = `Platz ${count(rank)} von ${papers(of)}`;
      return upvotes > 0
        ? `Gefragt, ${n(upvotes, 'Stimme', 'Stimmen')}: ${place}`
        : `Gefragt: ${place}`;
    },
    pinned: (by) => `Angeheftet von ${by}`,
    followed: (name) => `Von ${name}: Diesem Namen folgst du`,
    followedPlace: (name) => `Von ${name}: Dieser Einrichtung folgst du`,
    words: (words) => `Wie das, was dir gefiel: ${words.map((word) => `„${word}“`).join(', ')}`,
    close: (title) => `Nah an „${title}“, das dir gefiel`,
    readers: (title) => `Wer „${title}“ mochte, mag solche Arbeiten`,
    explore: 'Von außerhalb dessen, was du sonst liest',
    submitted: (by) => `Eingereicht von ${by}`,
    lacking: (sources) => `Ohne ${sources.join(', ')}: Diese Quellen waren diesmal nicht zu lesen.`,
    upvotes: (value) => n(value, 'Stimme', 'Stimmen'),
    pdf: 'PDF',
    code: 'Code',
    project: 'Projekt',
    say: { like: 'Mehr davon', dislike: 'Weniger davon', save: 'Merken' },
    issue: (number) => `Nr. ${count(number)}`,
    sections: {
      pinned: 'Von der Redaktion ausgewählt',
      followed: 'Von denen, denen du folgst',
      yours: 'Für dich',
      trending: 'Gefragt',
      explore: 'Etwas anderes',
    },
    introOf: (candidates, { pinned, followed, yours, trending, explore }) => {
      const shares = [
        ...(pinned > 0 ? [`${count(pinned)} von der Redaktion`] : []),
        ...(followed > 0 ? [`${count(followed)} von denen, denen du folgst`] : []),
        ...(yours > 0 ? [`${count(yours)} für dich`] : []),
        ...(trending > 0 ? [`${count(trending)} gefragt`] : []),
        ...(explore > 0 ? [`${count(explore)} zum Entdecken`] : []),
      ];
      return `Ausgewählt aus ${papers(candidates)}: ${shares.join(', ')}.`;
    },
    also: 'Siehe auch:',
    week: {
      label: 'Wöchentlich',
      daily: 'Täglich',
      day: (day) => `Woche bis ${day}`,
      heading: (value) =>
        value === 0
          ? 'Diese Woche nichts Neues für dich'
          : `Deine Woche in ${n(value, 'Paper', 'Papern')}`,
      title: 'Die Woche in Kürze',
      listed: 'Erschienen:',
      listedWords: papers,
      about: 'Vor allem über:',
      aboutWords: (name, value) => `${name} (${count(value)})`,
      best: 'Am meisten gefragt:',
      missed: 'Was du verpasst hast',
    },
  },
  notice: {
    confirm: (name) => ({
      subject: `Bitte bestätige dein Abonnement von ${name}`,
      heading: 'Fast geschafft',
      body: `Jemand, hoffentlich du, hat den Überblick von ${name} an diese Adresse bestellt. Öffne die Seite und drücke den Knopf, um ihn zu bekommen.`,
      action: 'Abonnement bestätigen',
      note: 'Wenn du es nicht warst, tu nichts: Dann kommt auch nichts.',
    }),
    known: (name) => ({
      subject: `Du hast ${name} schon abonniert`,
      heading: 'Du bist schon dabei',
      body: `Jemand, hoffentlich du, hat den Überblick von ${name} an diese Adresse bestellt, die ihn schon bekommt. Hier wählst du, was darin steht.`,
      action: 'Deine Einstellungen',
      note: 'Wenn du es nicht warst, tu nichts: Es hat sich nichts geändert.',
    }),
    welcome: (name, when) => ({
      subject: `Willkommen bei ${name}`,
      heading: 'Du bist dabei',
      body: `Dein Überblick kommt ${when}. Je mehr du darüber sagst, was du liest, desto besser wird er: Themen, Menschen, denen du folgst, wie viele Paper und zu welcher Stunde.`,
      action: 'Wählen, was darin steht',
      note: 'Ein Klick, und Schluss damit: in jeder Mail, oben und unten.',
    }),
    link: (name) => ({
      subject: `Dein Link zu ${name}`,
      heading: 'Dein Link',
      body: 'Er öffnet deine Einstellungen ohne Passwort: Behalte ihn für dich.',
      action: 'Deine Einstellungen',
      note: 'Wenn du nicht darum gebeten hast, tu nichts: Es hat sich nichts geändert.',
    }),
    address: (name) => ({
      subject: `Bitte bestätige deine neue Adresse für ${name}`,
      heading: 'Deine neue Adresse',
      body: `Jemand, hoffentlich du, möchte den Überblick von ${name} von jetzt an an diese Adresse bekommen.`,
      action: 'Diese Adresse nehmen',
      note: 'Wenn du es nicht warst, tu nichts: Hierher kommt dann nichts.',
    }),
    moved: (name, mask) => ({
      subject: `Dein Überblick von ${name} geht jetzt an eine andere Adresse`,
      heading: 'Du bist umgezogen',
      body: `Von jetzt an geht dein Überblick an ${mask}. An diese Adresse kommt nichts mehr.`,
      action: 'Deine Einstellungen',
      note: 'Wenn du es nicht warst, öffne deine Einstellungen und zieh wieder hierher um.',
    }),
    goodbye: (name) => ({
      subject: `Du hast ${name} abbestellt`,
      heading: 'Auf Wiedersehen',
      body: 'Dein Abonnement ist beendet. Das ist die letzte Mail von uns.',
      action: 'Rückgängig machen',
      note: 'Das geht eine Stunde lang; danach kannst du jederzeit neu abonnieren.',
    }),
    archive: 'Die Ausgaben online lesen',
    optOut: 'Nie wieder an diese Adresse schreiben',
    because: (host) => `Um diese eine Nachricht wurde auf ${host} gebeten.`,
    alertBecause: (host) =>
      `Wer ${host} betreibt, lässt Warnungen an diese Adresse schicken (PAPERBOY_ALERT_TO). Höchstens eine Mail am Tag für jede Ursache.`,
  },
};
