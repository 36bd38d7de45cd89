package run

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/train"
)

// feed fills the inputs of the training program: a function of the step alone.
type feed struct {
	p       *nn.Program
	loader  *stimuli.Loader
	rate    func(step int) float64
	seed    uint64
	weights int // training slices of which one is drawn

	accumulate int // batches of an update

	labels [4][]float32 // of the last steps; two batches at most are made ahead
}

// Batch implements train.Source.
func (f *feed) Batch(step int, in []nn.Tensor) error {
	return cortex.Fill(f.p, in, cortex.Feed{
		Images: func(_ int, images, labels []float32) error {
			err := f.loader.Batch(step, images, labels)
			f.labels[step%4] = append(f.labels[step%4][:0], labels...)
			return err
		},
		Rate: f.rate(step), Update: step + 1, Keep: f.accumulate > 1 && step%f.accumulate > 0,
		Drawn: rand.New(rand.NewPCG(f.seed^0x5bd1e995, uint64(step))).IntN(f.weights),
	})
}

// trainer is the training program of a run with what it works on.
type trainer struct {
	r      *run
	p      *nn.Program
	exe    nn.Executable
	home   nn.Residence
	update *update
	src    *feed
	steps  int // of an epoch
}

// trainer compiles the training program and loads the run's variables.
func (r *run) trainer() (t *trainer, err error) {
	e := r.e
	loader := stimuli.NewLoader(r.data, stimuli.Train, stimuli.LoaderOptions{
		Batch: e.Train.Batch, Seed: uint64(e.Seed), Shuffle: true, Normalise: r.norm, Augment: e.Stimuli.Augment,
	})
	if err := loader.Err(); err != nil {
		return nil, err
	}
	t = &trainer{r: r, steps: loader.Steps()}
	if r.ready == nil {
		if r.ready, err = compiledAgain(r); err != nil {
			return nil, err
		}
	}
	t.p, t.exe, r.ready.exe = r.ready.p, r.ready.exe, nil
	r.ready = nil
	if _, err := r.v.Fill(t.p); err != nil {
		t.exe.Close()
		return nil, err
	}
	if t.update, err = newUpdate(r, t.p); err != nil {
		t.exe.Close()
		return nil, err
	}
	if t.home, err = r.Engine.Hold(r.v); err != nil {
		t.update.close()
		t.exe.Close()
		return nil, err
	}
	t.src = &feed{p: t.p, loader: loader, seed: uint64(e.Seed), weights: len(r.g.TrainSlices()), accumulate: e.Train.Accumulate,
		rate: func(step int) float64 { return e.Train.Schedule.At(float64(step)/float64(t.steps), e.Train.Epochs) }}
	return t, nil
}

// compiledAgain compiles the training program of a run that goes on.
func compiledAgain(r *run) (x *ready, err error) {
	x = &ready{g: r.g}
	if x.p, err = cortex.Training(r.g, r.e.Rule(), r.e.Train.Batch, r.e.Statistics == "all"); err != nil {
		return nil, err
	}
	x.exe, err = r.Engine.Compile(x.p)
	return x, err
}

func (t *trainer) close() {
	t.home.Close()
	t.update.close()
	t.exe.Close()
}

// epochEnd is the step at which the epoch of the next step ends.
func (t *trainer) epochEnd() int { return (t.r.at.Step/t.steps + 1) * t.steps }

// run trains up to a step of the epoch and notes the progress; after is called
// after every step.
func (t *trainer) run(ctx context.Context, to int, after func(step int) error) (int, error) {
	r, batch := t.r, t.r.e.Train.Batch
	return train.Run(ctx, t.exe, t.home, t.p, t.src, r.at.Step, to, func(step int, out []nn.Tensor) error {
		if err := t.update.run(t.home, step, t.src.rate); err != nil {
			return err
		}
		s := analysis.Score{}
		s.Add(batch, r.g.Classes, out[len(out)-1].Data, t.src.labels[step%4], r.e.Readout.Loss == "sigmoid")
		r.at.Step, r.at.Loss, r.at.Images, r.at.Correct = step+1, r.at.Loss+float64(out[0].Data[0]), r.at.Images+batch, r.at.Correct+s.Correct
		return after(step)
	})
}

// train trains from where the run stands to its last epoch. After every epoch,
// within one as often as the run's options say, and when ctx ends, there is a
// checkpoint.
func (r *run) train(ctx context.Context) error {
	e := r.e.Train
	total := images(&r.network, stimuli.Train) / e.Batch * e.Epochs
	if r.at.Step >= total && total > 0 {
		return nil
	}
	r.Report.Stage(fmt.Sprintf("training %s: %d parameters, %s multiply-adds an image", name(&r.network), r.info.Parameters, readable.Short(r.info.MultiplyAdds)))
	t, err := r.trainer()
	if err != nil {
		return err
	}
	defer t.close()
	r.saved = r.Now()
	every := time.Duration(r.info.Every * float64(time.Second))
	if r.at.Step == 0 && len(r.epochs) == 0 {
		if err := r.checkpoint(t.home); err != nil {
			return err
		}
	}
	if done := r.at.Step / t.steps; len(r.epochs) > done {
		r.epochs = r.epochs[:done] // measured after the checkpoint; they come again
	}
	begun, counted, speed := time.Time{}, time.Time{}, 0.0
	validation, test := images(&r.network, stimuli.Validation), images(&r.network, stimuli.Test)
	if r.LeaveTest {
		test = validation
	}
	count := func() { // the time since it was counted last
		now := r.Now()
		spent := now.Sub(counted).Seconds()
		counted, r.at.Seconds, r.at.EpochSeconds = now, r.at.Seconds+spent, r.at.EpochSeconds+spent
		r.info.Seconds = r.at.Seconds
	}
	for r.at.Step < total {
		end, from := t.epochEnd(), r.at.Step
		before := r.pace
		begun = r.Now()
		counted = begun
		at, err := t.run(ctx, end, func(step int) error {
			spent := r.Now().Sub(begun).Seconds()
			if n := float64((step + 1 - from) * e.Batch); spent > 0 {
				speed = n / spent
			}
			r.pace.images, r.pace.training = before.images+float64((step+1-from)*e.Batch), before.training+spent
			left := r.pace.left((total-step-1)*e.Batch, e.Epochs-step/t.steps, validation, test)
			r.Report.Train(TrainingStep{
				Run: name(&r.network), Epoch: step/t.steps + 1, Epochs: e.Epochs, Step: step + 1, Steps: total,
				Loss: r.at.Loss / float64(step%t.steps+1), Accuracy: 100 * float64(r.at.Correct) / float64(r.at.Images), ImagesPerSecond: speed,
				Remaining: time.Duration(left * float64(time.Second)), Following: r.following,
			})
			if every > 0 && step+1 < end && r.Now().Sub(r.saved) >= every {
				count()
				return r.checkpoint(t.home)
			}
			return nil
		})
		count()
		if err != nil {
			return stopped(r, t.home, at, err)
		}
		if err := t.home.Save(r.v); err != nil {
			return err
		}
		if err := epochEnds(r, t.steps, t.src.rate(end-t.steps)); err != nil {
			return err
		}
		if err := r.checkpoint(t.home); err != nil {
			return err
		}
		r.Report.Drawable(r.dir)
		r.pace.ends++
		r.pace.ending += r.Now().Sub(counted).Seconds()
	}
	return nil
}

// stopped leaves a run whose training ended early so that it can go on.
func stopped(r *run, home nn.Residence, at int, err error) error {
	var bad *nn.NonFinite
	if errors.As(err, &bad) {
		steps := images(&r.network, stimuli.Train) / r.e.Train.Batch
		return fmt.Errorf("training stopped in epoch %d at step %d: %w; the checkpoint before it is kept. A lower train.rate (now %g) is the usual cure", at/steps+1, at, err, r.e.Train.Rate)
	}
	var unread *stimuli.ReadError
	if errors.As(err, &unread) {
		err = fmt.Errorf("training stopped before step %d, where there is a checkpoint: %w", at, err)
	}
	if unread != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		if saved := r.checkpoint(home); saved != nil {
			return saved
		}
	}
	return err
}

// epochEnds measures validation and notes the epoch.
func epochEnds(r *run, steps int, rate float64) error {
	nan := rundir.Number(math.NaN())
	x := rundir.Epoch{
		Format: rundir.Format, Epoch: r.at.Step / steps, Steps: r.at.Step, Rate: rundir.Number(rate),
		TrainingLoss: rundir.Number(r.at.Loss / float64(steps)), TrainingAccuracy: rundir.Number(100 * float64(r.at.Correct) / float64(r.at.Images)),
		ValidationLoss: nan, ValidationAccuracy: nan, Seconds: rundir.Number(r.at.EpochSeconds), ImagesPerSecond: rundir.Number(float64(r.at.Images) / r.at.EpochSeconds),
		Slices: []rundir.Slice{},
	}
	if images(&r.network, stimuli.Validation) > 0 {
		slices := r.g.TrainSlices()
		scores, err := measure(&r.network, stimuli.Validation, slices)
		if err != nil {
			return err
		}
		x.ValidationLoss = 0
		for k, s := range scores {
			x.Slices = append(x.Slices, measured(s, slices[k], true))
			x.ValidationLoss += x.Slices[k].Loss * rundir.Number(r.g.SliceWeight(k))
		}
		x.ValidationAccuracy = x.Slices[len(x.Slices)-1].Accuracy
	}
	r.at.NextEpoch()
	r.epochs = append(r.epochs, x)
	r.Report.Epoch(name(&r.network), x)
	if n := float64(x.TrainingLoss) / guessing(&r.network); n > 2 && len(r.epochs) == 1 {
		r.Report.Note("the training loss is %.3g times that of guessing; a lower train.rate (now %g) or smaller initial values are the usual cure", n, r.e.Train.Rate)
	}
	return rundir.WriteMetrics(r.dir, r.epochs)
}

// guessing is the loss of equal answers: ln K of softmax, K·ln 2 of sigmoid
// units, weighted as the training slices are.
func guessing(r *network) float64 {
	one := math.Log(float64(r.g.Classes))
	if r.e.Readout.Loss == "sigmoid" {
		one = float64(r.g.Classes) * math.Ln2
	}
	sum := 0.0
	for k := range r.g.TrainSlices() {
		sum += r.g.SliceWeight(k)
	}
	return one * sum
}
