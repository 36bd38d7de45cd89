package generated_test

import (
	"errors"
	"fmt"
	"log"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/generated"
)

// Three digits in each image, in batches for training.
func Example() {
	digits := generated.NewDigits()
	digits.Task, digits.Digits = "clutter", 3
	digits.Train, digits.Validation, digits.Test = 1000, 100, 100
	data, err := digits.Open(stimuli.Env{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	normalise, err := stimuli.NewNormaliser("mean-std", data)
	if err != nil {
		log.Fatal(err)
	}
	loader := stimuli.NewLoader(data, stimuli.Train, stimuli.LoaderOptions{
		Batch: 100, Seed: 1, Shuffle: true, Normalise: normalise,
	})
	i, l := loader.Sizes()
	images, labels := make([]float32, i), make([]float32, l)
	if err := errors.Join(loader.Images(0, 0, images), loader.Labels(0, 0, labels)); err != nil {
		log.Fatal(err)
	}
	about := data.Description()
	fmt.Println("shape", about.Shape, "true classes", about.Label().True)
	fmt.Println("values in a batch", len(images), "and", len(labels))
	fmt.Println("labels of the first image", labels[:10])
	// Output:
	// shape [32 32 1] true classes 3
	// values in a batch 102400 and 1000
	// labels of the first image [1 0 0 0 0 0 1 0 1 0]
}
