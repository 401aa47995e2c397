"""What the papers say of the networks known by name: the year, what was new, how many errors it made."""

# ILSVRC's errors are top-5 on the test set, several networks averaged, unless said otherwise.
FACTS = {
    "lenet5": "LeCun et al. 1998: convolution, subsampling, full connection, trained end to end; 0.95 % on MNIST.",
    "alexnet": (
        "Krizhevsky et al. 2012 won ILSVRC with 15.3 % (the next had 26.2 %): ReLU, dropout, local response "
        "normalisation, augmentation, two GPUs."
    ),
    "zfnet": (
        "Zeiler & Fergus 2013: AlexNet mended by looking at its features, a smaller kernel and stride in layer 1; "
        "ILSVRC 2013 went to Zeiler's Clarifai with 11.7 %."
    ),
    "vgg16": "Simonyan & Zisserman 2014, second in ILSVRC with 7.3 %: nothing but 3×3 with stride 1, and depth.",
    "vgg19": "Simonyan & Zisserman 2014, second in ILSVRC with 7.3 % (VGG-16 and VGG-19 together).",
    "googlenet": (
        "Szegedy et al. 2014 won ILSVRC with 6.7 %: Inception modules, 1×1 bottlenecks, no hidden fully connected "
        "layer, side heads while training."
    ),
    "resnet18": "He et al. 2015: shortcuts let depth help where a plain network of 34 layers is worse than one of 18.",
    "resnet34": "He et al. 2015: shortcuts let depth help where a plain network of 34 layers is worse than one of 18.",
    "resnet50": "He et al. 2015: bottleneck blocks; about as many multiply-adds as ResNet-34, but deeper.",
    "resnet152": "He et al. 2015 won ILSVRC with 3.57 % (six networks averaged): shortcuts, batch norm, depth.",
    "wrn-28-10": "Zagoruyko & Komodakis 2016: wider instead of deeper; about 4 % on CIFAR-10.",
    "resnext50-32x4d": (
        "Xie et al. 2017: 32 groups (cardinality) at ResNet-50's cost; 22.2 % top-1 of one network where ResNet-50 "
        "has 23.9 %."
    ),
    "densenet121": "Huang et al. 2017: each layer reads all before it in its block (concatenation, not addition).",
    "mobilenet-v1": "Howard et al. 2017: depthwise separable convolutions; 70.6 % of ImageNet right (top-1).",
    "mobilenet-v2": "Sandler et al. 2018: inverted residuals with narrow linear ends; 72.0 % right (top-1).",
    "squeezenet1.0": "Iandola et al. 2016: Fire modules; AlexNet's accuracy with 50 times fewer parameters.",
    "squeezenet1.1": "Its authors' version with about 2.4 times fewer operations than SqueezeNet 1.0, as accurate.",
}
