/** A table written as `name text name text …`, so that it can be read and extended in place. */
function table(words: string): Map<string, string> {
  const list = words.trim().split(/\s+/);
  const entries = new Map<string, string>();
  for (let at = 0; at + 1 < list.length; at += 2) entries.set(list[at] ?? '', list[at + 1] ?? '');
  return entries;
}

/**
 * Commands that stand for one sign. Names as in LaTeX's tables; `pertenthousand` and its kin are
 * those of the textcomp package.
 * @see https://www.ctan.org/pkg/comprehensive
 */
export const SYMBOLS: ReadonlyMap<string, string> = table(`
  alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
  kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ
  upsilon υ phi φ varphi φ chi χ psi ψ omega ω
  Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
  times × div ÷ pm ± mp ∓ cdot · ast * star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗ odot ⊙ dagger †
  leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ lt < gt > ll ≪ gg ≫ neq ≠ ne ≠ approx ≈ sim ∼ simeq ≃
  cong ≅ equiv ≡ propto ∝ lesssim ≲ gtrsim ≳ prec ≺ succ ≻ perp ⊥ parallel ∥ mid | nmid ∤
  to → rightarrow → longrightarrow ⟶ Rightarrow ⇒ implies ⇒ leftarrow ← gets ← Leftarrow ⇐
  leftrightarrow ↔ Leftrightarrow ⇔ iff ⇔ mapsto ↦ uparrow ↑ downarrow ↓ updownarrow ↕
  nearrow ↗ searrow ↘ rightleftharpoons ⇌ hookrightarrow ↪ leadsto ⇝
  in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ cup ∪ cap ∩ setminus ∖ emptyset ∅
  varnothing ∅ forall ∀ exists ∃ neg ¬ lnot ¬ land ∧ wedge ∧ lor ∨ vee ∨ models ⊨ vdash ⊢
  sum ∑ prod ∏ int ∫ oint ∮ partial ∂ nabla ∇ infty ∞ aleph ℵ ell ℓ hbar ℏ Re ℜ Im ℑ wp ℘
  langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖
  lbrace { rbrace } lbrack [ rbrack ] prime ′ angle ∠ triangle △ square □ Box □ diamond ⋄ top ⊤
  bot ⊥ therefore ∴ because ∵ checkmark ✓ cmark ✓ xmark ✗ clubsuit ♣ spadesuit ♠ heartsuit ♥
  ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ textellipsis … colon : deg ° degree ° textdegree °
  S § P ¶ dag † ddag ‡ copyright © circledR ® pounds £ euro € texteuro € textsterling £
  textregistered ® texttrademark ™ textcopyright © textbullet • textperiodcentered · textmu µ
  micro µ texttimes × textpm ± textperthousand ‰ textpertenthousand ‱ textasciitilde ∼
  textasciicircum ^ textless < textgreater > textbar | textbackslash ∖ backslash ∖
  textunderscore _ textendash – textemdash — textquoteleft ‘ textquoteright ’
  textquotedblleft “ textquotedblright ” textquotesingle ' lq ‘ rq ’ guillemotleft « guillemotright »
  guillemetleft « guillemetright » lbrackdbl ⟦ textdollar $ textsection § textonehalf ½
`);

/** Letters that have a command of their own; TeX takes the space behind them as the command's end. */
export const LETTERS: ReadonlyMap<string, string> = table(`
  o ø O Ø l ł L Ł ss ß SS ẞ ae æ AE Æ oe œ OE Œ aa å AA Å i ı j ȷ dh ð DH Ð th þ TH Þ dj đ DJ Đ
  ng ŋ NG Ŋ
`);

/** Blackboard letters of `\\mathbb`. */
export const BLACKBOARD: ReadonlyMap<string, string> = table(
  'A 𝔸 B 𝔹 C ℂ D 𝔻 E 𝔼 F 𝔽 H ℍ I 𝕀 K 𝕂 N ℕ P ℙ Q ℚ R ℝ S 𝕊 T 𝕋 V 𝕍 X 𝕏 Z ℤ 1 𝟙',
);

/** Signs that have a raised twin in Unicode. */
export const SUPERSCRIPTS: ReadonlyMap<string, string> = table(`
  0 ⁰ 1 ¹ 2 ² 3 ³ 4 ⁴ 5 ⁵ 6 ⁶ 7 ⁷ 8 ⁸ 9 ⁹ + ⁺ - ⁻ − ⁻ = ⁼ ( ⁽ ) ⁾ a ᵃ b ᵇ c ᶜ d ᵈ e ᵉ f ᶠ g ᵍ h ʰ i ⁱ
  j ʲ k ᵏ l ˡ m ᵐ n ⁿ o ᵒ p ᵖ r ʳ s ˢ t ᵗ u ᵘ v ᵛ w ʷ x ˣ y ʸ z ᶻ A ᴬ B ᴮ D ᴰ E ᴱ G ᴳ H ᴴ I ᴵ J ᴶ K ᴷ
  L ᴸ M ᴹ N ᴺ O ᴼ P ᴾ R ᴿ T ᵀ U ᵁ V ⱽ W ᵂ β ᵝ γ ᵞ δ ᵟ θ ᶿ ∘ ° ° ° ⊤ ᵀ ′ ′ * * ⋆ ⋆ † † ® ® ™ ™
`);

/** Signs that have a lowered twin in Unicode. */
export const SUBSCRIPTS: ReadonlyMap<string, string> = table(`
  0 ₀ 1 ₁ 2 ₂ 3 ₃ 4 ₄ 5 ₅ 6 ₆ 7 ₇ 8 ₈ 9 ₉ + ₊ - ₋ − ₋ = ₌ ( ₍ ) ₎ a ₐ e ₑ h ₕ i ᵢ j ⱼ k ₖ l ₗ m ₘ n ₙ
  o ₒ p ₚ r ᵣ s ₛ t ₜ u ᵤ v ᵥ x ₓ β ᵦ γ ᵧ ρ ᵨ φ ᵩ χ ᵪ
`);
