const numbers = new Intl.NumberFormat('en'); // once: making one costs more than rendering a paper
/** `1 paper`, `12 papers`. */
const n = (count: number, one: string, many = `${one}s`) =>
  `${numbers.format(count)} ${count === 1 ? one : many}`;

const SUFFIXES: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinal = new Intl.PluralRules('en', { type: 'ordinal' });
const suffix = (rank: number) => SUFFIXES[ordinal.select(rank)] ?? 'th';

const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** What the words about an imported library count. */
interface LibraryCounts {
  readonly read: number;
  readonly matched: number;
  readonly text: number;
  readonly waiting: number;
  readonly added: number;
  readonly older: number;
  readonly repeated: number;
  readonly refused: readonly unknown[];
}

/** English. A function takes what the sentence is about; every language decides on its own order. */
export const en = {
  name: 'English',
  /** An ISO day as `Friday 14 March 2025`. Spelt out here: Intl's patterns change with its version. */
  longDay: (day: string) => {
    const date = new Date(`${day}T00:00:00Z`);
    return `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  },
  /** An ISO instant as `14 Mar 2025`. */
  shortDay: (instant: string) => {
    const date = new Date(instant);
    return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]?.slice(0, 3)} ${date.getUTCFullYear()}`;
  },
  /** When a digest comes. */
  when: (cadence: 'daily' | 'weekdays' | 'weekly', weekday: string, hour: string, zone: string) => {
    const days = {
      daily: 'every day',
      weekdays: 'from Monday to Friday',
      weekly: `on ${weekday}s`,
    };
    return `${days[cadence]} at ${hour}, ${zone} time`;
  },
  nav: { skip: 'Skip to content', archive: 'Archive', link: 'Send me my link', more: 'More' },
  badLink: {
    title: 'This link does not work',
    why: 'It may have been cut off on its way, or what it was for no longer exists. If you read Paperboy, a fresh link to your preferences can be sent to you.',
    remedy: 'Send me my link',
  },
  home: {
    title: 'Get trending papers in your email inbox',
    lead: 'New research papers, chosen by your topics, at the hour you like. One click and it stops.',
    email: 'Email address',
    topics: 'Topics',
    topicsHint:
      'Words or phrases, separated by commas: diffusion models, robotics. May stay empty.',
    suggestions: 'Or pick from what is being written about',
    cadence: 'How often',
    timeZone: 'Time zone',
    timeZoneHint: 'Guessed; change it if it is not yours.',
    subscribe: 'Subscribe',
    consent:
      'By subscribing you ask for this digest by email. You confirm it by a link, and can leave by one click in every mail.',
    trap: 'Leave this empty',
    today: (day: string) => `The edition of ${day}`,
    whole: 'The whole edition',
    none: 'The first edition is not printed yet.',
  },
  cadences: { daily: 'Every day', weekdays: 'Monday to Friday', weekly: 'Once a week' },
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  asked: {
    title: 'Look into your inbox',
    why: 'If this address can get mail from us, a message is on its way. Nothing is subscribed until you press the button behind its link.',
    late: 'Nothing there after a few minutes? Look into the spam folder. The same address gets a new message after a day at the earliest.',
  },
  limited: {
    title: 'Too many at once',
    why: 'More was asked for from your network, or altogether, than we answer in an hour. Please try again later.',
  },
  foreign: {
    title: 'This form came from elsewhere',
    why: 'Your browser says that another site sent it. Open the page here and try again.',
  },
  confirm: {
    title: 'One press and you are in',
    whose: (mask: string) => `This subscribes ${mask}.`,
    button: 'Confirm the subscription',
    done: 'You are subscribed',
    next: (when: string) => `Your digest comes ${when}.`,
    choose: 'Choose what it holds',
  },
  leave: {
    title: 'Leave Paperboy?',
    whose: (mask: string) =>
      `This is the subscription of ${mask}. If that is not you, somebody forwarded their mail to you: please leave it to them.`,
    button: 'Unsubscribe',
    fewerTitle: 'Or rather fewer?',
    weekly: 'Once a week',
    pause: (weeks: number) => `Pause for ${n(weeks, 'week')}`,
    preferences: 'All preferences: send me my link',
    left: 'You are unsubscribed',
    leftWhy: (mask: string) => `${mask} gets nothing more from us.`,
    again: 'That was a mistake: subscribe again',
    later: 'You can subscribe again at any time.',
    reasonTitle: 'Would you tell us why?',
    reasonHint: 'Only if you like.',
    reasons: ['Too many emails', 'Papers that are not for me', 'I never asked for it'],
    other: 'In your own words',
    send: 'Send',
    thanks: 'Thank you. That helps.',
    weeklyDone: (day: string) => `From now on it comes once a week, on ${day}.`,
    pauseDone: (day: string) => `Nothing comes before ${day}.`,
    back: 'Welcome back. Your digest comes as before.',
  },
  optOut: {
    title: 'No more mail from us?',
    whose: (mask: string) =>
      `This is about ${mask}. Press the button, and we never write to it again, whoever types it in: no digest, no confirmation, no link. A subscription of this address ends.`,
    alerts: 'It is the address for alerts on how this website does. Nobody gets them then.',
    button: 'Never write to this address again',
    done: 'No more mail from us',
    doneWhy: (mask: string) =>
      `${mask} gets nothing from us, even if somebody signs it up again. A message that left before may still arrive.`,
    mistake:
      'If you want mail again one day, ask whoever runs this website: nobody can take it back by a link or a form.',
  },
  preferences: {
    title: 'Your preferences',
    whose: (mask: string) => `The digest of ${mask}`,
    saved: 'Saved.',
    faulty: 'Nothing was saved yet: some fields need another look.',
    stopped: {
      bounced:
        'Nothing comes at present: mail to this address came back to us. Name another address below, or write to whoever runs this website.',
      complained:
        'Nothing comes at present: our mail to this address was reported as spam. Name another address below, or write to whoever runs this website.',
      other:
        'Nothing comes at present: we are not to write to this address. Name another address below, or write to whoever runs this website.',
    },
    gone: 'You are unsubscribed. What you choose here counts when you subscribe again.',
    about: 'What it is about',
    topics: 'Topics',
    topicsHint: 'Words or phrases, separated by commas. Papers with them come first.',
    exclude: 'Leave out',
    excludeHint: 'Papers with one of these words never come.',
    categories: 'arXiv categories',
    categoriesHint: 'Such as cs.CL, stat.ML.',
    authors: 'Authors to follow',
    organisations: 'Organisations to follow',
    namesHint: 'Names, separated by commas.',
    dial: 'Between popular and relevant',
    dialHint: 'Left: what everybody reads. Right: what meets your own words.',
    popular: 'Popular',
    relevant: 'Relevant',
    community: 'Let what I like help to choose papers for others',
    communityHint:
      'Off unless you tick it. Only what at least five readers like counts, and no name goes with it.',
    when: 'When it comes',
    weekday: 'Day of a weekly digest',
    hour: 'Hour',
    timeZone: 'Time zone',
    pausedUntil: 'Pause until',
    pausedHint: 'Nothing comes before this day. Empty: no pause.',
    sendEmpty: 'Write to me even when there is nothing new',
    looks: 'What it looks like',
    layout: 'Layout',
    layouts: {
      full: 'Full: titles, summaries, links',
      compact: 'Compact: many papers, two lines each',
      text: 'Text only',
    },
    papersMax: 'Most papers in one digest',
    papersHint: '1 to 50. Empty: 10, or 30 in the compact layout.',
    language: 'Language',
    save: 'Save',
    preview: 'Your next digest would look like this',
    previewOf: (day: string) => `Made from the edition of ${day}.`,
    previewNone: 'With these preferences the latest edition holds nothing for you.',
    others: (count: number) => `and ${n(count, 'more paper')}`,
    address: 'Another address',
    addressHint: 'We write to the new address; it counts once you confirm it there.',
    newAddress: 'New email address',
    change: 'Send the confirmation',
    addressAsked: 'If the new address can get mail from us, a message is on its way to it.',
    yours: 'Your data',
    savedPapers: 'Saved papers',
    leave: 'Unsubscribe',
    data: 'See or erase what is held on you',
  },
  library: {
    title: 'Papers that you know already',
    why: 'Bring your library along, so that the first digest knows what you read. The newest 500 papers count as papers that you like.',
    none: 'Nothing is here yet.',
    has: (matched: number, text: number) =>
      `Here ${matched + text === 1 ? 'is' : 'are'} ${n(matched + text, 'paper')}: ${matched} in our archive, ${text} as you brought ${text === 1 ? 'it' : 'them'}.`,
    file: 'Your library as a file',
    fileHint:
      'BibTeX, RIS, Zotero RDF, CSL JSON, the works of an ORCID record, or a list of arXiv ids and DOIs. At most 5 MB.',
    button: 'Bring it along',
    clear: 'Forget these papers',
    cleared: 'They are forgotten.',
    outcome: 'What became of your file',
    counts: ({ read, matched, text, waiting, added, refused, older, repeated }: LibraryCounts) => [
      `${n(read, 'entry', 'entries')} read, ${added} new to us.`,
      `${n(matched, 'paper')} of our archive`,
      `${text} kept with title and abstract`,
      ...(waiting > 0
        ? [
            `${waiting} known by number alone, for when our archive has ${waiting === 1 ? 'it' : 'them'}`,
          ]
        : []),
      ...(repeated > 0 ? [`${repeated} named twice in the file`] : []),
      ...(older > 0 ? [`${older} left out: only the newest 500 are kept`] : []),
      `${refused.length} refused`,
    ],
    refusedTitle: 'Refused',
    more: (count: number) => `and ${count} more`,
    places: {
      bibtex: 'Line',
      ris: 'Line',
      list: 'Line',
      rdf: 'Item',
      csl: 'Item',
      orcid: 'Item',
    },
    refusals: {
      unclosed: 'a bracket or quotation mark is not closed',
      malformed: 'this is not how an entry of this format looks',
      nameless: 'there is neither a title nor an arXiv id nor a DOI',
      noId: 'there is no arXiv id and no DOI',
      tooLong: 'the entry is too long',
    },
    faults: {
      choose: 'Choose a file.',
      empty: 'The file is empty.',
      tooLarge: 'The file is larger than 5 MB.',
      unreadable: 'We cannot read this file. Export it again, best as BibTeX.',
    },
  },
  faults: {
    email: 'Enter one address, such as ada@example.org.',
    emailBlocked: 'We cannot write to addresses of this domain. Please use another one.',
    terms: 'At most 50, each of 2 to 80 characters.',
    categories: 'Categories look like cs.CL or math-ph; at most 50.',
    choice: 'Choose one of the list.',
    timeZone: 'Choose a time zone such as Europe/Berlin.',
    papersMax: 'A whole number from 1 to 50, or nothing.',
    dial: 'A number from 0 to 100.',
    date: 'A day such as 2026-12-24, or nothing.',
  },
  moved: {
    title: 'Move your subscription',
    whose: (mask: string) => `From now on the digest would go to ${mask}.`,
    button: 'Use this address',
    done: 'Your digest goes to the new address now.',
    taken: 'This address has a subscription of its own already, or may not get mail from us.',
  },
  link: {
    title: 'Send me my link',
    why: 'Your preferences open by a link, without a password. Every digest holds it; here you get it once more.',
    button: 'Send it',
    done: 'If this address reads Paperboy, its link is on the way.',
  },
  feedback: {
    titles: { like: 'More like this?', dislike: 'Less like this?', save: 'Save this paper?' },
    buttons: { like: 'More like this', dislike: 'Less like this', save: 'Save' },
    done: {
      like: 'Noted: more like this.',
      dislike: 'Noted: less like this.',
      save: 'Saved.',
    },
    undo: 'Take it back',
    undone: 'Taken back.',
    list: 'Your saved papers',
    none: 'You have saved nothing yet. Every paper of your digest has a link for it.',
    bibtex: 'Download as BibTeX',
    remove: 'Remove',
  },
  archive: {
    title: 'Archive',
    lead: 'Every edition, as it was printed.',
    search: 'Search the papers',
    find: 'Search',
    found: (count: number, query: string) =>
      count === 0 ? `Nothing found for “${query}”.` : `${n(count, 'paper')} for “${query}”`,
    foundMore: (count: number, query: string) => `The best ${count} for “${query}”`,
    papers: (count: number) => n(count, 'paper'),
    none: 'No edition yet.',
    previous: 'Previous',
    next: 'Next',
    pages: 'Editions',
    page: (page: number, of: number) => `Page ${page} of ${of}`,
    community: 'and the community',
    by: (names: string) => `by ${names}`,
    paperIn: 'In the editions of',
    paperPage: 'This paper in the archive',
    read: 'Read the paper',
    code: 'Code',
    project: 'Project',
    topic: (topic: string) => `Papers on “${topic}”`,
    abstract: 'Abstract',
    related: 'Papers like this one',
    notFound: 'There is nothing here',
    notFoundWhy: 'The page may have moved, or never was. The archive has every edition.',
    failed: 'Something went wrong on our side',
    failedWhy:
      'It was written down, and nothing that you sent is lost half-way. Please try again later.',
    tooLong: 'That was too long to be read. Please shorten it.',
  },
  privacy: {
    title: 'Your data',
    lead: 'Everything that is held on you, and the way to have it erased.',
    consents: 'What you agreed to',
    consent: {
      asked: 'Subscription asked for',
      confirmed: 'Subscription confirmed',
      left: 'Unsubscribed',
      'came back': 'Subscribed again',
      moved: 'Address changed',
      erased: 'Data erased',
    },
    counts: (digests: number, papers: number) =>
      `We have sent you ${n(digests, 'digest')} and keep ${n(papers, 'note')} of yours on papers.`,
    export: 'Download everything (JSON)',
    eraseTitle: 'Erase everything',
    eraseWhy:
      'Your address, preferences, saved papers and history are removed for good. Only a keyed code of the address stays, so that nobody can subscribe it again; it cannot be turned back into the address.',
    erase: 'Erase my data',
    erased: 'Your data is erased',
    erasedWhy: 'Nothing more will come to your address. Links in older emails no longer work.',
  },
  digest: {
    view: 'View in browser',
    preferences: 'Preferences',
    manage: 'Manage preferences',
    unsubscribe: 'Unsubscribe',
    heading: (papers: number) =>
      papers === 0 ? 'Nothing new for you today' : `${n(papers, 'paper')} for you`,
    intro: (candidates: number, topical: number, trending: number, pinned: number) => {
      const shares = [
        ...(pinned > 0 ? [`${n(pinned, 'is', 'are')} pinned`] : []),
        ...(topical > 0 ? [`${n(topical, 'matches', 'match')} your topics`] : []),
        ...(trending > 0 ? [`${n(trending, 'is', 'are')} trending`] : []),
      ];
      return shares.length === 0
        ? `None of ${n(candidates, 'paper')} is new to you.`
        : `Chosen from ${n(candidates, 'paper')}: ${shares.join(', ')}.`;
    },
    others: (count: number) => `+ ${numbers.format(count)} more`,
    because: (name: string, host: string) =>
      `You get this because you subscribed to ${name} at ${host}.`,
    matches: (topics: readonly string[], rest: number) => {
      const named = topics.map((topic) => `“${topic}”`);
      if (rest > 0) return `Matches your topics ${named.join(', ')} and ${n(rest, 'more', 'more')}`;
      if (named.length === 1) return `Matches your topic ${named[0]}`;
      return `Matches your topics ${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
    },
    trending: (rank: number, of: number, upvotes: number) => {
      const place = `${numbers.format(rank)}${suffix(rank)} of ${n(of, 'paper')}`;
      return upvotes > 0 ? `Trending with ${n(upvotes, 'upvote')}: ${place}` : `Trending: ${place}`;
    },
    pinned: (by: string) => `Pinned by ${by}`,
    followed: (name: string) => `By ${name}, whom you follow`,
    followedPlace: (name: string) => `From ${name}, which you follow`,
    words: (words: readonly string[]) =>
      `Like what you liked: ${words.map((word) => `“${word}”`).join(', ')}`,
    close: (title: string) => `Close to “${title}”, which you liked`,
    readers: (title: string) => `Readers of “${title}” like such papers`,
    explore: 'From outside of what you usually read',
    submitted: (by: string) => `Submitted by ${by}`,
    lacking: (sources: readonly string[]) =>
      `Without ${sources.join(', ')}, which could not be read this time.`,
    upvotes: (count: number) => n(count, 'upvote'),
    pdf: 'PDF',
    code: 'Code',
    project: 'Project',
    say: { like: 'More like this', dislike: 'Less like this', save: 'Save' },
    issue: (number: number) => `No. ${numbers.format(number)}`,
    sections: {
      pinned: 'Picked by the editors',
      followed: 'From those you follow',
      yours: 'For you',
      trending: 'Trending',
      explore: 'Something different',
    },
    introOf: (
      candidates: number,
      counts: Readonly<Record<'pinned' | 'followed' | 'yours' | 'trending' | 'explore', number>>,
    ) => {
      const { pinned, followed, yours, trending, explore } = counts;
      const shares = [
        ...(pinned > 0 ? [`${numbers.format(pinned)} picked by the editors`] : []),
        ...(followed > 0 ? [`${numbers.format(followed)} from those you follow`] : []),
        ...(yours > 0 ? [`${numbers.format(yours)} for you`] : []),
        ...(trending > 0 ? [`${numbers.format(trending)} trending`] : []),
        ...(explore > 0 ? [`${numbers.format(explore)} to explore`] : []),
      ];
      return `Chosen from ${n(candidates, 'paper')}: ${shares.join(', ')}.`;
    },
    also: 'See also:',
    week: {
      label: 'Weekly',
      daily: 'Daily',
      day: (day: string) => `Week to ${day}`,
      heading: (papers: number) =>
        papers === 0 ? 'Nothing new for you this week' : `Your week in ${n(papers, 'paper')}`,
      title: 'The week in short',
      listed: 'Listed:',
      listedWords: (listed: number) => n(listed, 'paper'),
      about: 'Mostly about:',
      aboutWords: (name: string, papers: number) => `${name} (${numbers.format(papers)})`,
      best: 'First in the trend:',
      missed: 'What you missed',
    },
  },
  notice: {
    confirm: (name: string) => ({
      subject: `Please confirm your subscription to ${name}`,
      heading: 'Almost there',
      body: `Somebody, hopefully you, asked for the ${name} digest at this address. Open the page and press the button to get it.`,
      action: 'Confirm the subscription',
      note: 'If it was not you, do nothing: nothing will be sent.',
    }),
    known: (name: string) => ({
      subject: `You are subscribed to ${name} already`,
      heading: 'You are in already',
      body: `Somebody, hopefully you, asked for the ${name} digest at this address, which has it already. Here you choose what it holds.`,
      action: 'Your preferences',
      note: 'If it was not you, do nothing: nothing has changed.',
    }),
    welcome: (name: string, when: string) => ({
      subject: `Welcome to ${name}`,
      heading: 'You are in',
      body: `Your digest comes ${when}. The more you say of what you read, the better it gets: topics, people to follow, how many papers, and at which hour.`,
      action: 'Choose what it holds',
      note: 'One click ends it: in every mail, at the top and at the bottom.',
    }),
    link: (name: string) => ({
      subject: `Your link to ${name}`,
      heading: 'Your link',
      body: 'It opens your preferences without a password: keep it to yourself.',
      action: 'Your preferences',
      note: 'If you did not ask for it, do nothing: nothing has changed.',
    }),
    address: (name: string) => ({
      subject: `Please confirm your new address for ${name}`,
      heading: 'Your new address',
      body: `Somebody, hopefully you, wants the ${name} digest to come to this address from now on.`,
      action: 'Use this address',
      note: 'If it was not you, do nothing: nothing will be sent here.',
    }),
    moved: (name: string, mask: string) => ({
      subject: `Your ${name} digest goes to another address now`,
      heading: 'You have moved',
      body: `From now on your digest goes to ${mask}. Nothing more comes to this address.`,
      action: 'Your preferences',
      note: 'If it was not you, open your preferences and move it back.',
    }),
    goodbye: (name: string) => ({
      subject: `You have left ${name}`,
      heading: 'Goodbye',
      body: 'Your subscription has ended. This is the last mail from us.',
      action: 'Take it back',
      note: 'That works for an hour; later you can sign up again at any time.',
    }),
    archive: 'Read the editions online',
    optOut: 'Never write to this address again',
    because: (host: string) => `This one message was asked for at ${host}.`,
    alertBecause: (host: string) =>
      `Whoever runs ${host} wants its alerts to come to this address (PAPERBOY_ALERT_TO). At most one mail a day for each cause.`,
  },
};
