/** What strangers write into titles, names and forms. None of it may become markup or a header. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</textarea><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '</mj-text><mj-include path="/etc/passwd"/>',
  '{{constructor}} {{{this}}} {{#each}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is to stay as it is
  '${process.env.HOME} <%= 7*7 %>',
  'a\r\nBcc: victim@example.org\r\n\r\nbody',
  '\u202Egnp.exe\u2066 \u200Bhidden\u0000',
  '<!--',
  ']]><![CDATA[',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  "'; drop table subscribers; --",
  '../../../../etc/passwd',
  '__proto__',
];

/** Twenty ways to write a link that runs instead of leading somewhere. */
export const HOSTILE_LINKS: readonly string[] = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  '\tjavascript:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  'java\r\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'javascript&colon;alert(1)',
  'javascript&#58;alert(1)',
  'javascript&#x3a;alert(1)',
  'javascript://example.org/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://example.org/x',
  'view-source:javascript:alert(1)',
  'https://user:password@example.org/',
  '//evil.example/x',
];
