/** Metrics that compare two sets of rows, and what each calls them. */
export const comparedSets = {
  frechet: ['a', 'b'],
  kid: ['a', 'b'],
  precision: ['fake', 'real'],
  recall: ['fake', 'real'],
  density: ['fake', 'real'],
  neighbour_coverage: ['fake', 'real'],
  knn_accuracy: ['code', 'among'],
} as const;
