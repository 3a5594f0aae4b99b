/**
 * An email that answers what one person did. confirm a sign-up; known: who signs up is subscribed
 * already; welcome: it is confirmed; link: "send me my link"; address: to a new one, to confirm it;
 * moved: to the old one, that it happened; goodbye: they left. And alert: to the operator.
 */
export type NoticeKind =
  | 'confirm'
  | 'known'
  | 'welcome'
  | 'link'
  | 'address'
  | 'moved'
  | 'goodbye'
  | 'alert';

/** What an alert says. */
export interface Told {
  readonly heading: string;
  readonly lines: readonly string[];
}
