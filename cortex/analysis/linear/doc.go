// Package linear fits linear decoders, ridge and multinomial logistic regression, with the
// penalty chosen inside the training folds, and scores them on the fold left out. It knows
// matrices, labels and folds, and nothing of areas.
package linear
