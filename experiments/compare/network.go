package compare

import (
	"fmt"

	"ventral/experiments/report"
	"ventral/experiments/statistics"
)

// Networks compares two networks on the images that both answered, at the step
// of the primary outcome.
type Networks struct {
	First       string `json:"first"`
	Second      string `json:"second"`
	FirstStep   int    `json:"first_step"`
	SecondStep  int    `json:"second_step"` // not the first's where an answer is kept, or both are the last
	Seed        int    `json:"seed"`
	Images      int    `json:"images"`
	FirstAlone  int    `json:"first_alone"` // images that only it answers rightly
	SecondAlone int    `json:"second_alone"`
	Difference  num    `json:"difference"` // points, of the second from the first
	Low         num    `json:"low"`        // bootstrap over images
	High        num    `json:"high"`
	Exact       num    `json:"p_mcnemar_exact"`
	Mid         num    `json:"p_mcnemar_mid"`
	Loss        num    `json:"loss_difference"` // nat, of the second from the first
	LossP       num    `json:"p_loss_sign_flip"`
}

// draws are how often images are drawn again.
const draws = 2000

// compareNetworks compares the networks of the same seed image by image.
func compareNetworks(a, b *Group, o outcome) (list []Networks, err error) {
	for _, x := range a.Runs {
		for _, y := range b.Runs {
			if x.Seed != y.Seed || x.data != y.data {
				continue
			}
			n := Networks{First: a.Name, Second: b.Name, Seed: x.Seed, FirstStep: a.step(x, o), SecondStep: b.step(y, o)}
			if err := n.compare(x, y); err != nil {
				return nil, err
			}
			list = append(list, n)
		}
	}
	return list, nil
}

// compare tests the answers of two runs at their steps.
func (n *Networks) compare(x, y *Run) error {
	a, err := report.ReadAnswers(x.Folder, n.FirstStep)
	if err != nil {
		return err
	}
	b, err := report.ReadAnswers(y.Folder, n.SecondStep)
	if err != nil {
		return err
	}
	if len(a.Right) != len(b.Right) {
		return fmt.Errorf("%s and %s answered %d and %d images; want runs of the same data", x.Folder, y.Folder, len(a.Right), len(b.Right))
	}
	n.Images = len(a.Right)
	n.FirstAlone, n.SecondAlone = a.Alone(b)
	right, loss := make([]float64, n.Images), make([]float64, n.Images)
	lost := 0.0
	for i := range right {
		right[i] = points(b.Right[i]) - points(a.Right[i])
		loss[i] = b.Loss[i] - a.Loss[i]
		lost += loss[i]
	}
	images := float64(n.Images)
	exact, mid := statistics.McNemar(n.FirstAlone, n.SecondAlone)
	low, high := statistics.Bootstrap(right, 1-level, draws, uint64(x.Seed))
	n.Difference, n.Low, n.High = num(100*float64(n.SecondAlone-n.FirstAlone)/images), num(low), num(high)
	n.Exact, n.Mid = num(exact), num(mid)
	n.Loss, n.LossP = num(lost/images), num(statistics.SignFlip(loss, draws-1, uint64(x.Seed)))
	return nil
}

// points is what an answer adds to accuracy, times the images.
func points(right bool) float64 {
	if right {
		return 100
	}
	return 0
}

// sentence says on how many images the networks differ.
func (n Networks) sentence() string {
	at := fmt.Sprintf("step %d", n.FirstStep)
	if n.FirstStep != n.SecondStep {
		at = fmt.Sprintf("steps %d and %d", n.FirstStep, n.SecondStep)
	}
	return fmt.Sprintf("These two networks, seed %d, at %s: `%s` alone is right on %d and `%s` alone on %d of %s images, `%s` − `%s` is %.1f points [%.1f, %.1f] (95 %% bootstrap over images; McNemar mid-p %s). It says nothing about other seeds.",
		n.Seed, at, n.First, n.FirstAlone, n.Second, n.SecondAlone, grouped(float64(n.Images)), n.Second, n.First, float64(n.Difference), float64(n.Low), float64(n.High), pEquals(float64(n.Mid)))
}

// sharedSeed is the first seed that all pairs of variants have on the same images;
// ok is false where there is none.
func sharedSeed(list []Networks, first *Group, pairs int) (seed int, ok bool) {
	of := map[int]int{}
	for _, n := range list {
		of[n.Seed]++
	}
	for _, run := range first.Runs {
		if of[run.Seed] == pairs {
			return run.Seed, true
		}
	}
	return 0, false
}
