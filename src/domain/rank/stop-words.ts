/** English words that say nothing of what a paper is about. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above across after again against all almost alone along already also although always am among an and another ' +
    'any anyone anything are around as at back be became because become becomes been before behind being below between both ' +
    'but by can cannot could did do does doing done down due during each either else enough etc even ever every everything few ' +
    'for from further get give given go had has have having he hence her here hers herself him himself his how however i if in ' +
    'indeed into is it its itself just keep last latter least less made make many may me meanwhile might mine more moreover ' +
    'most mostly much must my myself namely neither never nevertheless next no nobody none nor not nothing now of off often on ' +
    'once one only onto or other others otherwise our ours ourselves out over own part per perhaps please put rather re same ' +
    'see seem seemed seems several she should show since so some something sometimes still such take than that the their ' +
    'theirs them themselves then there thereby therefore these they thing this those though three through throughout thus to ' +
    'together too toward towards two under until up upon us use used using various very via was we well were what whatever ' +
    'when where whereas whether which while who whole whom whose why will with within without would yet you your yours ' +
    'yourself yourselves paper propose proposed present show shows shown based approach method methods results study new'
  ).split(' '),
);
