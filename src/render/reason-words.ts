import type { Reason } from '../domain/composition.ts';
import { cutAtWord } from '../domain/text.ts';
import { en } from '../words/en.ts';
import type { Words } from '../words/words.ts';
import { oneLine } from './plain.ts';

const TERMS_MAX = 3;
const NAME_CHARS_MAX = 60;
const TITLE_OF_OTHER_CHARS_MAX = 80;

/** Why a paper is in the digest. */
export function reasonWords(reason: Reason, { digest }: Words = en): string {
  switch (reason.kind) {
    case 'topic': {
      const named = reason.topics.slice(0, TERMS_MAX).map(oneLine);
      return digest.matches(named, reason.topics.length - named.length);
    }
    case 'trending':
      return digest.trending(reason.rank, reason.of, reason.upvotes);
    case 'pinned':
      return digest.pinned(cutAtWord(oneLine(reason.by), NAME_CHARS_MAX));
    case 'author':
      return digest.followed(cutAtWord(oneLine(reason.name), NAME_CHARS_MAX));
    case 'organisation':
      return digest.followedPlace(cutAtWord(oneLine(reason.name), NAME_CHARS_MAX));
    case 'words':
      return digest.words(reason.words.slice(0, TERMS_MAX).map(oneLine));
    case 'close':
      return digest.close(cutAtWord(oneLine(reason.title), TITLE_OF_OTHER_CHARS_MAX));
    case 'readers':
      return digest.readers(cutAtWord(oneLine(reason.title), TITLE_OF_OTHER_CHARS_MAX));
    case 'explore':
      return digest.explore;
  }
}
