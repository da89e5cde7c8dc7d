"""All metrics there are, by name, those of ganc's catalogue. To add one: write its file, name it here."""

from . import classes, coverage, frechet, inception_score, kid, knn_accuracy, manifold, moments, probe

known = {
    name: metric
    for file in (classes, coverage, frechet, inception_score, kid, knn_accuracy, manifold, moments, probe)
    for name, metric in file.metrics.items()
}
