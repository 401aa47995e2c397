"""What each TeX name and each character is: its sign on the screen, its kind, its ASCII spelling.

Kinds decide spacing: ord, num, prefix (∂ ∇ Δ ¬), op (log), big (∑), bin, rel, open, close, bar, punct, colon, dots.
"""


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


GREEK = _pairs(
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ "
    "lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ "
    "varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ "
    "Omega Ω"
)
ORDINARY = GREEK | _pairs(
    "partial ∂ nabla ∇ infty ∞ ell ℓ hbar ℏ Re ℜ Im ℑ aleph ℵ wp ℘ imath ı jmath ȷ forall ∀ exists ∃ "
    "nexists ∄ "
    "emptyset ∅ varnothing ∅ neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠ prime ′ degree ° dagger † ddagger ‡ "
    "checkmark ✓ "
    "flat ♭ sharp ♯ square □ Box □ triangle △ clubsuit ♣ S § P ¶ copyright © pounds £ R ℝ N ℕ Z ℤ Q ℚ C ℂ "
    "uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ backslash ∖ Diamond ◇ blacksquare ■ qed ∎"
)
BINARY = _pairs(
    "pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ bullet • cap ∩ cup ∪ setminus ∖ wedge ∧ land ∧ vee ∨ "
    "lor ∨ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ uplus ⊎ sqcap ⊓ sqcup ⊔ diamond ⋄ bigcirc ○ ltimes ⋉ "
    "rtimes ⋊ circledast ⊛ boxplus ⊞ boxtimes ⊠ amalg ⨿"
)
RELATIONS = _pairs(
    "leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ neq ≠ ne ≠ lt < gt > equiv ≡ approx ≈ approxeq ≈ sim ∼ "
    "simeq ≃ "
    "cong ≅ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ subsetneq ⊊ "
    "nsubseteq ⊈ "
    "perp ⊥ parallel ∥ mid ∣ nmid ∤ vdash ⊢ models ⊨ asymp ≍ doteq ≐ triangleq ≜ coloneqq ≔ coloneq ≔ prec ≺ "
    "succ ≻ preceq ⪯ succeq ⪰ lesssim ≲ gtrsim ≳ rightarrow → to → leftarrow ← gets ← leftrightarrow ↔ "
    "Rightarrow ⇒ implies ⟹ Leftarrow ⇐ impliedby ⟸ Leftrightarrow ⇔ iff ⟺ longrightarrow ⟶ longleftarrow ⟵ "
    "Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ longleftrightarrow ⟷ mapsto ↦ longmapsto ⟼ "
    "nearrow ↗ searrow ↘ nwarrow ↖ swarrow ↙ hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ "
    "rightleftharpoons ⇌ leadsto ⇝ rightsquigarrow ⇝ therefore ∴ because ∵ vartriangle △ bowtie ⋈"
)
BIG = _pairs(
    "sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ bigvee ⋁ bigwedge ⋀ biguplus ⨄ "
    "int ∫ iint ∬ iiint ∭ oint ∮"
)
LITERALS = _pairs(
    "textbackslash \\ textasciicircum ^ textasciitilde ~ textunderscore _ textless < textgreater > textbar |"
)
SIDE_LIMITS = frozenset("∫∬∭∮")  # their bounds stand beside them, not above and below
DOTS = _pairs("dots … ldots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ iddots ⋰")
OPENING = _pairs("lbrace { lparen ( lbrack [ langle ⟨ lfloor ⌊ lceil ⌈ llbracket ⟦ lvert | lVert ‖")
CLOSING = _pairs("rbrace } rparen ) rbrack ] rangle ⟩ rfloor ⌋ rceil ⌉ rrbracket ⟧ rvert | rVert ‖")
CLOSES = dict(zip(")]}⟩⌋⌉⟧", ["([", "([", "{", "⟨", "⌊", "⌈", "⟦"], strict=True))

FUNCTIONS = frozenset(
    "log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arg deg det dim gcd "
    "hom ker lim "
    "liminf limsup max min inf sup Pr argmax argmin softmax sigmoid relu ReLU softplus sign sgn tr Tr "
    "diag rank erf "
    "KL Var Cov mod E".split()
)
MACROS = frozenset(  # of these LaTeX itself has none: groups after them are arguments
    "argmax argmin softmax sigmoid relu ReLU softplus sign sgn tr Tr diag rank erf KL Var Cov E".split()
)
LIMITS_BELOW = frozenset("det gcd inf lim liminf limsup max min Pr sup argmax argmin E argsup arginf".split())

DOUBLE_STRUCK = dict(zip("RNZQCPH", "ℝℕℤℚℂℙℍ", strict=True))
SCRIPT = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))

ACCENTS = {  # name: (combining mark, word in one-line form)
    "hat": ("\u0302", "hat"),
    "widehat": ("\u0302", "hat"),
    "tilde": ("\u0303", "tilde"),
    "widetilde": ("\u0303", "tilde"),
    "bar": ("\u0304", "bar"),
    "overline": ("\u0304", "bar"),
    "dot": ("\u0307", "dot"),
    "ddot": ("\u0308", "ddot"),
    "vec": ("\u20d7", "vec"),
    "overrightarrow": ("\u20d7", "vec"),
    "check": ("\u030c", "check"),
    "breve": ("\u0306", "breve"),
    "acute": ("\u0301", "acute"),
    "grave": ("\u0300", "grave"),
    "mathring": ("\u030a", "ring"),
    "underline": ("\u0332", "underline"),
    "underbar": ("\u0332", "underline"),
}
SPACES = {",": 1, ":": 1, ";": 1, ">": 1, " ": 1, "quad": 3, "qquad": 5, "enspace": 2, "enskip": 2, "space": 1}
SPACES |= {"thinspace": 1, "medspace": 1, "thickspace": 1, "!": 0, "negthinspace": 0, "/": 0, "newline": 3}

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUW⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁᵂᵀ",
        strict=True,
    )
) | {"∘": "°", "°": "°", "*": "*", "∗": "*"}
SUBSCRIPTS = dict(zip("0123456789+−-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))

_KINDS = {
    "prefix": "∂∇Δ¬",
    "bin": "+−±∓*" + "".join(BINARY.values()),
    "rel": "=<>" + "".join(RELATIONS.values()) + "≦≧≔⇄⟸→←",
    "big": "".join(BIG.values()),
    "open": "([{⟨⌊⌈⟦（",
    "close": ")]}⟩⌋⌉⟧）!",
    "punct": ",;，；、。",
    "colon": ":：",
    "dots": "".join(DOTS.values()),
    "bar": "|‖",
    "slash": "/",
}
KIND = {sign: kind for kind, signs in _KINDS.items() for sign in signs}
SHOWN = {"-": "−", "\u2010": "−", "\u2011": "−", "∣": "|", "∥": "‖", "⋅": "·", "∗": "∗", "〈": "⟨", "〉": "⟩"}

ASCII = {sign: name for table in (BIG, RELATIONS, BINARY, ORDINARY) for name, sign in table.items()} | _pairs(
    "∂ partial ∇ grad ∞ inf ℓ l ℏ hbar ℜ Re ℑ Im ∀ forall ∃ exists ∄ nexists ∅ {} ¬ not ⊤ T ⊥ perp ∠ "
    "angle ′ ' ° deg "
    "† ^dagger ‡ ^ddagger ✓ (ok) □ [] △ triangle ± +- ∓ -+ × * ÷ / · * • * ∗ * ⋆ * ∘ o ∩ cap ∪ cup ∖ "
    "without ∧ and "
    "∨ or ⊕ (+) ⊖ (-) ⊗ (x) ⊘ (/) ⊙ .* ≤ <= ≥ >= ≠ != ≡ == ≈ ~= ∼ ~ ≃ ~= ≅ ~= ∝ propto ≪ << ≫ >> ∈ in ∉ "
    "notin ∋ ni "
    "⊂ subset ⊆ subseteq ⊃ supset ⊇ supseteq ⊢ |- ⊨ |= ≜ := ≔ := → -> ← <- ↔ <-> ⇒ => ⟹ ==> ⇐ <== ⟸ <== ⇔ "
    "<=> ⟺ <==> "
    "⟶ --> ⟵ <-- ⟷ <--> ↦ |-> ⟼ |--> ↑ up ↓ down ∑ sum ∏ prod ∐ coprod ⋃ union ⋂ intersection ⨁ oplus ⨂ "
    "otimes "
    "⋁ or ⋀ and ∫ int ∬ iint ∭ iiint ∮ oint … ... ⋯ ... ⋮ ... ⋱ ... ⋰ ... ⟨ < ⟩ > ⌊ |_ ⌋ _| ⌈ |^ ⌉ ^| ⟦ "
    "[[ ⟧ ]] ‖ || "
    "ℝ R ℕ N ℤ Z ℚ Q ℂ C ℙ P ℍ H ℬ B ℰ E ℱ F ℋ H ℐ I ℒ L ℳ M ℛ R − - – - — - ‘ ' ’ ' “ \" ” \" √ sqrt ， , "
    "。 . "
    "； ; ： : （ ( ） ) 、 , ∴ therefore ∵ because ⪯ <= ⪰ >= ≺ < ≻ > ∎ QED § S"
)
