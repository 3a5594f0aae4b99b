/** What a sentence does in an abstract, in points; a sentence may do several things. */
export interface Weight {
  /** It says what the paper brings that was not there. */
  readonly fresh: number;
  /** It says what came out. */
  readonly found: number;
  /** It says neither: background, where the code is, hopes, steps of the method. */
  readonly aside: number;
}

const list = (words: string) => words.split(' ');
/** Every form of regular verbs in -e, -y and otherwise, and of the irregular ones here. */
function forms(verbs: string): string[] {
  return list(verbs).flatMap((verb) => {
    const stem = verb.replace(/[ey]$/, '');
    const past = verb.endsWith('y') ? `${stem}ied` : `${stem}ed`;
    const third = verb.endsWith('y')
      ? `${stem}ies`
      : /(?:s|sh|ch|x)$/.test(verb)
        ? `${verb}es`
        : `${verb}s`;
    return [verb, third, past];
  });
}

/** What authors say that they do, in points for what is new and for what was found. */
const VERBS = new Map<string, readonly [fresh: number, found: number]>();
const say = (verbs: readonly string[], fresh: number, found: number) => {
  for (const verb of verbs) VERBS.set(verb, [fresh, found]);
};
say(forms('propose introduce present unveil devise formulate contribute'), 4, 0);
say(
  forms(
    'develop design create construct establish curate collect describe offer provide train extend adapt assemble suggest advocate argue define characterize characterise release launch implement',
  ),
  3,
  0,
);
say(list('build builds built give gives gave'), 3, 0);
say(
  forms(
    'study investigate explore examine analyze analyse revisit address tackle survey review ask conduct rethink',
  ),
  2.5,
  0,
);
say(list('show shows showed shown find finds found see saw prove proves proved proven'), 0, 3.5);
say(
  forms(
    'observe discover reveal uncover obtain derive conclude identify report demonstrate verify confirm achieve attain reach establish validate improve reduce surpass outperform',
  ),
  0,
  3.5,
);
say(
  forms('evaluate compare focus aim consider leverage use apply test benchmark perform'),
  1.5,
  0.5,
);
// What follows these is no deed of theirs: `we hope that our study …`.
say(list('hope believe envision expect anticipate plan take takes note know call'), 0, 0);

const ACTOR =
  /\b(?:we|this (?:position |technical )?(?:paper|work|study|article|report|survey|thesis|research|review|tutorial)|the authors?|our (?:\w+ )?(?:paper|work|study))\b/gi;
const PASSIVE =
  /\b(?:is|are|was|were) (?:proposed|introduced|presented|developed|designed|investigated|studied|considered|derived|constructed)\b/i;
const NAMED =
  /^\p{Lu}\S*(?: [^,]{0,40})?(?:,| is| are) (?:an?|the first|the) (?:\S+ ){0,4}?(?:novel|new|first|framework|method|approach|model|benchmark|dataset|system|algorithm|family|suite|library|pipeline)\b/u;
const NOVEL = /\b(?:novel|first|new)\b/i;

const TOLD =
  /\b(?:results?|experiments?|evaluations?|analys[ie]s|findings?|stud(?:y|ies)|simulations?|tests?|comparisons?|ablations?|investigations?)\b[^.]{0,80}?\b(?:show|demonstrate|reveal|indicate|suggest|confirm|highlight|find|found|validate|verify|illustrate|underscore|prove)(?:s|d|ed)?\b/i;
const REACHED =
  /\b(?:outperform|surpass|exceed|achiev|attain|reach|obtain|yield|deliver|improv|reduc|increas|decreas|match|accelerat|lower|boost|enhanc|gain)(?:e|es|ed|s|ing)?\b/i;
const MEASURED = /\d\s?(?:%|×|percent\b|points?\b|-?fold\b|times\b|x\b)/i;
const BETTER =
  /\b(?:state-of-the-art|SOTA|competitive|comparable|superior|significant(?:ly)?|substantial(?:ly)?)\b/i;
/** What any paper says of itself. */
const EMPTY_CLAIM =
  /\b(?:effectiveness|superiority|efficacy|validity|feasibility|robustness|usefulness|utility|advantages?|benefits?|promising)\b/i;

const ELSEWHERE =
  /https?:|www\.|\b(?:code|codes|data|datasets?|models?|demos?|weights|implementations?|materials?|videos?|website|page|repository|checkpoints?|samples?)\b[^.]{0,80}\b(?:(?:publicly|freely|openly) (?:available|accessible|released?)|(?:is|are|be|made|at|were|was) (?:available|released|open-?sourced|found|accessible|public)|will be|open-source)|\bwe (?:will )?(?:open-?source|release|make|share)\b[^.]{0,60}\b(?:code|weights|models|publicly|available|data)\b/i;
const HOPE =
  /\b(?:we (?:hope|believe|envision|expect|anticipate|discuss|conclude by|plan|outline)|future (?:work|research|directions?)|pav(?:e|es|ing) the way|opens? (?:up )?(?:new|the door)|lays? the|shed(?:s|ding)? light|offer(?:s|ing)? (?:valuable )?insights?)\b/i;
const BACKGROUND =
  /^(?:Recent|Existing|Current|Contemporary|Modern|Traditional|Prior|Previous|Conventional|Classical|Unfortunately|Most|Many|Large language models|In recent years|Over the|With the|However|Although|Despite|While)\b|\b(?:remains?|challenging|bottleneck|under-?explored|struggles?|suffers?|lacks?|crucial|essential|attention|ha(?:ve|s) (?:\w+ly )?(?:\w+ed|been|become|shown|made|led|seen)|often|typically)\b/;
const STEP =
  /^(?:Specifically|In particular|Concretely|More specifically|First(?:ly)?|Second(?:ly)?|Third(?:ly)?|Then|Next|Finally|Additionally|Furthermore|Moreover|In addition|Also)\b|\bwe (?:also|further|then|additionally|next|first)\b/i;

/** How far the verb may stand behind who acts. */
const DEED_CHARS_MAX = 90;

/**
 * Weighs a sentence by its phrases. That such phrases tell more of a sentence's worth than its
 * words do was shown by Edmundson (doi:10.1145/321510.321519); that in abstracts of
 * research they tell aim, result and background apart, by Teufel and Moens
 * (doi:10.1162/089120102762671936).
 */
export function weigh(sentence: string): Weight {
  let [fresh, found] = ownDeeds(sentence);
  const ours = fresh + found > 0;
  if (fresh < 3 && (PASSIVE.test(sentence) || NAMED.test(sentence))) fresh = 3;
  if (fresh > 0 && NOVEL.test(sentence)) fresh += 0.5;
  const measured = MEASURED.test(sentence);
  if (TOLD.test(sentence)) found = Math.max(found, 3);
  if (REACHED.test(sentence)) found = found > 0 ? found + 0.7 : 2.5;
  if (found > 0) found += (measured ? 1 : 0) + (BETTER.test(sentence) ? 0.3 : 0);
  if (!measured && EMPTY_CLAIM.test(sentence)) found = Math.max(0, found - 1.5);
  const background = BACKGROUND.test(sentence) ? (ours ? 0.5 : 4) : 0;
  const aside =
    (ELSEWHERE.test(sentence) ? 6 : 0) +
    (HOPE.test(sentence) ? 3 : 0) +
    (STEP.test(sentence) ? 1.5 : 0);
  return { fresh, found, aside: background + aside };
}

/** What the authors say that they did: the heaviest verb for either. */
function ownDeeds(sentence: string): [fresh: number, found: number] {
  let fresh = 0;
  let found = 0;
  for (const { 0: actor, index } of sentence.matchAll(ACTOR)) {
    const rest = sentence.slice(index + actor.length, index + actor.length + DEED_CHARS_MAX);
    const stepsMax = /^we$/i.test(actor) ? 5 : 2; // `our study can help people design …`
    let steps = 0;
    for (const [word] of rest.matchAll(/[\p{L}-]+/gu)) {
      const worth = VERBS.get(word);
      if (worth !== undefined) {
        fresh = Math.max(fresh, worth[0]);
        found = Math.max(found, worth[1]);
        break;
      }
      if (++steps === stepsMax) break;
    }
  }
  return [fresh, found];
}
