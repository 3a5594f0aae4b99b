import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/domain/text.ts';

const tex = String.raw;

function all(rows: readonly (readonly [string, string])[]): void {
  for (const [dirty, clean] of rows) expect.soft(plainText(dirty), dirty).toBe(clean);
}

describe('plainText on LaTeX', () => {
  it('makes letters of accents', () => {
    all([
      [tex`na\"ively`, 'naïvely'],
      [tex`na\"{\i}ve`, 'naïve'],
      [tex`Andr\'e and Andr\'{e} and {\'e}`, 'André and André and é'],
      [tex`Fran\c{c}ois Gar\c con`, 'François Garçon'],
      [tex`Milo\v{s} Du\v san`, 'Miloš Dušan'],
      [tex`S\o ren, Bj{\o}rn, \L{}ukasz, \L ukasz`, 'Søren, Bjørn, Łukasz, Łukasz'],
      [tex`Stra\ss e, \AE sop, \aa`, 'Straße, Æsop, å'],
      [tex`a\~no, na\~o, It\^o, d\'ej\`a vu, \H{o}`, 'año, naõ, Itô, déjà vu, ő'],
    ]);
  });

  it('leaves quotes that a program escaped as quotes', () => {
    all([
      [tex`the object\'s edge, they\'re, don\'t`, "the object's edge, they're, don't"],
      [tex`\"A study\" of \"words\" here`, '"A study" of "words" here'],
      [tex`\"Ubersee and \"Ozg\"ur`, 'Übersee and Özgür'],
    ]);
  });

  it('restores commands that lost their first letter to an accent', () => {
    all([[tex`(\r{ho} = 0.9), \b{eta}-decay`, '(ρ = 0.9), β-decay']]);
  });

  it('takes the backslash from escaped signs', () => {
    all([
      [tex`7.5\% of R\&D in a\_b, \#1, \{0,1\}`, '7.5% of R&D in a_b, #1, {0,1}'],
      [tex`\$5 and \$10`, '$5 and $10'],
    ]);
  });

  it('turns TeX quotes and dashes into typographic ones', () => {
    all([
      ["a ``deep'' model, `so called', and ''both''", 'a “deep” model, ‘so called’, and “both”'],
      ['one---two, 3--19, Kullback--Leibler', 'one—two, 3–19, Kullback–Leibler'],
      ['run --help on https://x.org/a--b_c', 'run --help on https://x.org/a--b_c'],
    ]);
  });

  it('keeps the arguments of formatting and the labels of links', () => {
    all([
      [tex`\textit{x} \textbf{\emph{y}} \textsc{} \mathbf{z}`, 'x y z'],
      [tex`{\em deep} {\bf Nets} \textcolor{red}{warm}`, 'deep Nets warm'],
      [tex`{\small \url{ https://x.org/a\_b}}`, 'https://x.org/a_b'],
      [tex`our \href{https://x.org/repo}{repository}`, 'our repository'],
      [tex`code \href{https://x.org/repo}{here}`, 'code here (https://x.org/repo)'],
      [tex`work\footnote{Code: https://x.org}.`, 'work (Code: https://x.org).'],
    ]);
  });

  it('keeps the name of a command that only its authors know', () => {
    all([
      [
        tex`We present \framework, a tool. \framework scales.`,
        'We present framework, a tool. framework scales.',
      ],
      [tex`\ours{} beats \theirs{DARE} by \xy much`, 'ours beats DARE by much'],
      [tex`cats, \eg tigers, \etc. They`, 'cats, e.g. tigers, etc. They'],
    ]);
  });

  it('removes references with the space and brackets around them', () => {
    all([[tex`known models~\cite{a1, b2}. As in (\citep{c}), they`, 'known models. As in, they']]);
  });

  it('reads a tie as a space, but not the sign for about', () => {
    all([
      ['Figure~3, et~al., models~(LLMs)', 'Figure 3, et al., models (LLMs)'],
      ['a ~2% drop, (~10k), 1M~4M tokens', 'a ~2% drop, (~10k), 1M~4M tokens'],
      [tex`by $\sim$50\%, 10$\sim$20`, 'by ~50%, 10~20'],
    ]);
  });

  it('never leaves a command, however broken', () => {
    all([
      [tex`at \url{https://x.org`, 'at https://x.org'],
      [tex`\textbf{open, \frac{1`, 'open, 1'],
      ['ends with \\', 'ends with'],
      [tex`a } b { c`, 'a b c'],
    ]);
  });
});

describe('plainText on formulas', () => {
  it('writes them in Unicode without dollars', () => {
    all([
      [tex`$\alpha$-divergence in $O(n^2)$`, 'α-divergence in O(n²)'],
      [tex`$4\times$ at $2\%$, $\leq 3$, $0.9\pm0.1$`, '4× at 2%, ≤ 3, 0.9±0.1'],
      [tex`$x \to \infty$, $\pi \approx 3$`, 'x → ∞, π ≈ 3'],
      [tex`$ \mathcal{N}(0, 1) $, \(O(n\log n)\)`, 'N(0, 1), O(n log n)'],
      [tex`$\frac{a}{b+c}$, $\sqrt{n}$, $\hat{x}$, $\mathbb{R}^d$`, 'a/(b+c), √n, x̂, ℝᵈ'],
      [tex`$90^{\circ}$, $\tt A^\tt 3$, $f'$`, '90°, A³, f′'],
    ]);
  });

  it('raises and lowers what reads well so, and writes the rest on the line', () => {
    all([
      [tex`$10^{-6}$, $x_i$, $W_{t-1}$, H$_2$O`, '10⁻⁶, xᵢ, Wₜ₋₁, H₂O'],
      [tex`$L_{task}$, $x_{i,j}$, $T^*$`, 'L_task, x_(i,j), T*'],
    ]);
  });

  it('leaves money alone', () => {
    const prices = [
      '$5 and $10',
      'from $4.27 ($0.08) to a median ($4.2)',
      'US$5 or HK$7, $5-$10, $1/$2',
      'for $100M to $1B',
      'at 4$ per hour',
    ];
    for (const price of prices) expect.soft(plainText(price)).toBe(price);
  });

  it('repairs what a page left of formulas', () => {
    all([
      ['3.2times faster, 0.45pm0.15, sim50%, {sim}11%', '3.2× faster, 0.45±0.15, ~50%, ~11%'],
      ['O(n^2) at 360^circ in A^* search', 'O(n²) at 360° in A* search'],
      [
        '{bf Name} and {\\delta} and {GSR4B}: pro{A}ctive 5{,}000',
        'Name and δ and GSR4B: proActive 5,000',
      ],
      ['https://x.org/{project page}.', 'https://x.org/.'],
    ]);
    for (const fine of ['sim2real', 'sometimes 3 times', 'pass^k', 'in {-1, 0, 1}']) {
      expect.soft(plainText(fine)).toBe(fine);
    }
  });
});

describe('plainText on HTML and characters', () => {
  it('removes the elements of running text and keeps every other tag', () => {
    all([
      ['<p>A <b>bold</b><br/>claim</p>', 'A bold claim'],
      ['H<sub>2</sub>O, m<sup>2</sup>, &lt;i&gt;E. coli&lt;/i&gt;', 'H₂O, m², E. coli'],
      ['see <a href="https://x.org/">this link</a>', 'see this link (https://x.org/)'],
      ['a<!-- note -->b', 'a b'],
    ]);
    for (const fine of [
      "R1: Let's <think>",
      '1 + 1 < 1',
      'if a <b and c> d',
      'the <image> token',
    ]) {
      expect.soft(plainText(fine)).toBe(fine);
    }
  });

  it('decodes references once', () => {
    all([
      [
        'Q&amp;A, caf&eacute;, &#8217;, &#x2019;, &alpha;, &unknown;',
        'Q&A, café, ’, ’, α, &unknown;',
      ],
      ['&amp;lt;', '&lt;'],
      ['a&#8238;b&#0;c&#xd800;d&#9999999;', 'abcd'],
    ]);
  });

  it('removes what cannot be seen, folds white space, and composes', () => {
    all([
      ['a\u200bb\u202ec\u2066d\u0000e\ufefff\ue000g\ud800h', 'abcdefgh'],
      [' one\r\n  two\u00a0three\tfour\u0085five ', 'one two three four five'],
      ['e\u0301', 'é'],
      ['\u3164\u200b ', ''],
    ]);
  });
});
