import { LANGUAGES, type Language } from '../domain/language.ts';
import type { NoticeKind } from '../domain/notice.ts';
import { type NoticeInput, TO_SUBSCRIBERS } from './notice.ts';

/** One notice to try a template on. */
export interface SampleNotice {
  /** `welcome/de`. */
  readonly name: string;
  readonly input: NoticeInput;
}

const BASE = 'https://papers.example.org';
/** Where the one link of a notice leads; of some kinds nowhere. */
const LINKS: Readonly<Record<NoticeKind, string>> = {
  confirm: `${BASE}/confirm/k1.17.AbCdEfGhIjKlMnOpQrStUv`,
  known: `${BASE}/preferences/k1.17.BcDeFgHiJkLmNoPqRsTuVw`,
  welcome: `${BASE}/preferences/k1.17.BcDeFgHiJkLmNoPqRsTuVw`,
  link: `${BASE}/preferences/k1.17.BcDeFgHiJkLmNoPqRsTuVw`,
  address: `${BASE}/address/k1.17.CdEfGhIjKlMnOpQrStUvWx`,
  moved: '',
  goodbye: `${BASE}/`,
  alert: '',
};

/** Every kind of notice in every language. */
export function noticeCases(): SampleNotice[] {
  return (Object.keys(LINKS) as NoticeKind[]).flatMap((kind) =>
    LANGUAGES.map((language) => ({ name: `${kind}/${language}`, input: inputOf(kind, language) })),
  );
}

function inputOf(kind: NoticeKind, language: Language): NoticeInput {
  const common = {
    id: 17,
    email: 'reader@example.com',
    language,
    url: LINKS[kind],
    subscribed: TO_SUBSCRIBERS.has(kind),
    wayOut: TO_SUBSCRIBERS.has(kind)
      ? `${BASE}/unsubscribe/k1.17.DeFgHiJkLmNoPqRsTuVwXy`
      : `${BASE}/opt-out/k1.17.EfGhIjKlMnOpQrStUvWxYz`,
    frame: {
      from: 'Paperboy <digest@papers.example.org>',
      baseUrl: BASE,
      postalAddress: 'Paperboy, 1 Example Street, Example City',
      brand: 'Paperboy',
    },
    askedAt: '2025-03-14T07:00:00Z',
  };
  switch (kind) {
    case 'welcome': {
      const when = language === 'de' ? 'jeden Tag um 07:00' : 'every day at 07:00';
      return { ...common, kind, when };
    }
    case 'moved':
      return { ...common, kind, mask: 'n…@example.com' };
    case 'alert': {
      const lines = [
        'daily/2025-03-14: <b>R&D</b> 3 deliveries are unknown',
        'Run: paperboy deliveries daily/2025-03-14',
      ];
      return { ...common, kind, told: { heading: 'the provider refuses everything', lines } };
    }
    default:
      return { ...common, kind };
  }
}
