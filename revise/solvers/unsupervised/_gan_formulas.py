"""The formulas of the GAN's losses, for every base and for a batch."""

# base of the logarithms, is it a batch → the formulas of the steps
REAL = {
    ("e", False): "-(y_real*log(D_real) + (1 - y_real)*log(1 - D_real))",
    ("e", True): "mean(-(y_real*log(D_real) + (1 - y_real)*log(1 - D_real)))",
    (2, False): "-(y_real*log2(D_real) + (1 - y_real)*log2(1 - D_real))",
    (2, True): "mean(-(y_real*log2(D_real) + (1 - y_real)*log2(1 - D_real)))",
    (10, False): "-(y_real*log10(D_real) + (1 - y_real)*log10(1 - D_real))",
    (10, True): "mean(-(y_real*log10(D_real) + (1 - y_real)*log10(1 - D_real)))",
}
FAKE = {
    ("e", False): "-(y_fake*log(D_fake) + (1 - y_fake)*log(1 - D_fake))",
    ("e", True): "mean(-(y_fake*log(D_fake) + (1 - y_fake)*log(1 - D_fake)))",
    (2, False): "-(y_fake*log2(D_fake) + (1 - y_fake)*log2(1 - D_fake))",
    (2, True): "mean(-(y_fake*log2(D_fake) + (1 - y_fake)*log2(1 - D_fake)))",
    (10, False): "-(y_fake*log10(D_fake) + (1 - y_fake)*log10(1 - D_fake))",
    (10, True): "mean(-(y_fake*log10(D_fake) + (1 - y_fake)*log10(1 - D_fake)))",
}
# the same where D is certain and right somewhere: of the cross-entropy only the term of the target is left
CERTAIN_REAL = {
    ("e", False): "-log(D_real)",
    ("e", True): "mean(-log(D_real))",
    (2, False): "-log2(D_real)",
    (2, True): "mean(-log2(D_real))",
    (10, False): "-log10(D_real)",
    (10, True): "mean(-log10(D_real))",
}
CERTAIN_FAKE = {
    ("e", False): "-log(1 - D_fake)",
    ("e", True): "mean(-log(1 - D_fake))",
    (2, False): "-log2(1 - D_fake)",
    (2, True): "mean(-log2(1 - D_fake))",
    (10, False): "-log10(1 - D_fake)",
    (10, True): "mean(-log10(1 - D_fake))",
}
SATURATING = {
    ("e", False): "log(1 - D_fake)",
    ("e", True): "mean(log(1 - D_fake))",
    (2, False): "log2(1 - D_fake)",
    (2, True): "mean(log2(1 - D_fake))",
    (10, False): "log10(1 - D_fake)",
    (10, True): "mean(log10(1 - D_fake))",
}
NON_SATURATING = {
    ("e", False): "-log(D_fake)",
    ("e", True): "mean(-log(D_fake))",
    (2, False): "-log2(D_fake)",
    (2, True): "mean(-log2(D_fake))",
    (10, False): "-log10(D_fake)",
    (10, True): "mean(-log10(D_fake))",
}
# base, is the real data a batch, is the generated
VALUE = {
    ("e", False, False): "log(D_real) + log(1 - D_fake)",
    ("e", False, True): "log(D_real) + mean(log(1 - D_fake))",
    ("e", True, False): "mean(log(D_real)) + log(1 - D_fake)",
    ("e", True, True): "mean(log(D_real)) + mean(log(1 - D_fake))",
    (2, False, False): "log2(D_real) + log2(1 - D_fake)",
    (2, False, True): "log2(D_real) + mean(log2(1 - D_fake))",
    (2, True, False): "mean(log2(D_real)) + log2(1 - D_fake)",
    (2, True, True): "mean(log2(D_real)) + mean(log2(1 - D_fake))",
    (10, False, False): "log10(D_real) + log10(1 - D_fake)",
    (10, False, True): "log10(D_real) + mean(log10(1 - D_fake))",
    (10, True, False): "mean(log10(D_real)) + log10(1 - D_fake)",
    (10, True, True): "mean(log10(D_real)) + mean(log10(1 - D_fake))",
}
