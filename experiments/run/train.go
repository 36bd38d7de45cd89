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

// feed fills the inputs of the training program: a function of the batch alone.
type feed struct {
	p       *nn.Program
	loader  shown
	rate    func(batch int) float64
	seed    uint64
	weights int // trained steps of which one is drawn

	accumulate int // batches of an update

	judged int          // which labels the last trained step is judged by
	labels [4][]float32 // these, of the last batches; two batches at most are made ahead
}

// Batch implements train.Source.
func (f *feed) Batch(batch int, in []nn.Tensor) error {
	return cortex.Fill(f.p, in, cortex.Feed{
		Images: func(frame int, images []float32) error { return f.loader.Images(batch, frame, images) },
		Streams: func(name string, frame int, data []float32) error {
			return f.loader.(cortex.Streamed).Stream(batch, name, frame, data)
		},
		Labels: func(which int, labels []float32) error {
			err := f.loader.Labels(batch, which, labels)
			if which == f.judged {
				f.labels[batch%4] = append(f.labels[batch%4][:0], labels...)
			}
			return err
		},
		Rate: f.rate(batch), Update: batch + 1, Keep: f.accumulate > 1 && batch%f.accumulate > 0,
		Drawn: rand.New(rand.NewPCG(f.seed^0x5bd1e995, uint64(batch))).IntN(f.weights),
	})
}

// trainer is the training program of a run with what it works on.
type trainer struct {
	r       *run
	p       *nn.Program
	exe     nn.Executable
	home    nn.Residence
	update  *update
	src     *feed
	batches int // of an epoch
}

// trainer compiles the training program and loads the run's variables.
func (r *run) trainer() (t *trainer, err error) {
	e := r.e
	loader, err := showing(&r.network, r.data, stimuli.Train, 0, stimuli.LoaderOptions{
		Batch: e.Train.Batch, Seed: uint64(e.Seed), Shuffle: true, Normalise: r.norm, Augment: e.Stimuli.Augment,
	})
	if err != nil {
		return nil, err
	}
	t = &trainer{r: r, batches: loader.Batches()}
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
	t.src = &feed{p: t.p, loader: loader, seed: uint64(e.Seed), weights: len(r.g.TrainSteps()), judged: cortex.Judgement(r.g, r.g.TrainSteps()[len(r.g.TrainSteps())-1]), accumulate: e.Train.Accumulate,
		rate: func(batch int) float64 { return e.Train.Schedule.At(float64(batch)/float64(t.batches), e.Train.Epochs) }}
	return t, nil
}

// compiledAgain compiles the training program of a run that goes on.
func compiledAgain(r *run) (x *ready, err error) {
	x = &ready{g: r.g}
	if x.p, err = cortex.TrainingProgram(r.g, r.e.Rule(), r.e.Train.Batch, r.e.Statistics == "all"); err != nil {
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

// epochEnd is the batch at which the epoch of the next batch ends.
func (t *trainer) epochEnd() int { return (t.r.at.Batches/t.batches + 1) * t.batches }

// run trains up to a batch of the epoch and notes the progress; after is called
// after every batch.
func (t *trainer) run(ctx context.Context, to int, after func(at int) error) (int, error) {
	r, batch := t.r, t.r.e.Train.Batch
	exe := &waiting{Executable: t.exe, now: r.Now, spent: &r.at.EpochWaiting}
	exe.begin()
	return train.Run(ctx, exe, t.home, t.p, t.src, r.at.Batches, to, func(at int, out []nn.Tensor) error {
		if err := t.update.run(t.home, at, t.src.rate); err != nil {
			return err
		}
		s := analysis.Score{}
		s.Add(batch, r.g.Classes, out[len(out)-1].Data, t.src.labels[at%4], r.e.Readout.Loss == "sigmoid")
		r.at.Batches, r.at.Loss, r.at.Images, r.at.Correct = at+1, r.at.Loss+float64(out[0].Data[0]), r.at.Images+batch, r.at.Correct+s.Correct
		defer exe.begin()
		return after(at)
	})
}

// train trains from where the run stands to its last epoch. After every epoch,
// within one as often as the run's options say, and when ctx ends, there is a
// checkpoint.
func (r *run) train(ctx context.Context) error {
	e := r.e.Train
	total := images(&r.network, stimuli.Train) / e.Batch * e.Epochs
	if r.at.Batches >= total && total > 0 {
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
	if r.at.Batches == 0 && len(r.epochs) == 0 {
		if err := r.checkpoint(t.home); err != nil {
			return err
		}
	}
	if done := r.at.Batches / t.batches; len(r.epochs) > done {
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
	for r.at.Batches < total {
		end, from := t.epochEnd(), r.at.Batches
		before := r.pace
		begun = r.Now()
		counted = begun
		at, err := t.run(ctx, end, func(batch int) error {
			spent := r.Now().Sub(begun).Seconds()
			if n := float64((batch + 1 - from) * e.Batch); spent > 0 {
				speed = n / spent
			}
			r.pace.images, r.pace.training = before.images+float64((batch+1-from)*e.Batch), before.training+spent
			left := r.pace.left((total-batch-1)*e.Batch, e.Epochs-batch/t.batches, validation, test)
			r.Report.Train(TrainedBatch{
				Run: name(&r.network), Epoch: batch/t.batches + 1, Epochs: e.Epochs, Batch: batch + 1, Batches: total,
				Loss: r.at.Loss / float64(batch%t.batches+1), Accuracy: 100 * float64(r.at.Correct) / float64(r.at.Images), ImagesPerSecond: speed,
				Remaining: time.Duration(left * float64(time.Second)), Following: r.following,
			})
			if every > 0 && batch+1 < end && r.Now().Sub(r.saved) >= every {
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
		if err := epochEnds(r, t.batches, t.src.rate(end-t.batches)); err != nil {
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
		batches := images(&r.network, stimuli.Train) / r.e.Train.Batch
		return fmt.Errorf("training stopped in epoch %d at batch %d: %w; the checkpoint before it is kept. A lower train.rate (now %g) is the usual cure", at/batches+1, at, err, r.e.Train.Rate)
	}
	var unread *stimuli.ReadError
	if errors.As(err, &unread) {
		err = fmt.Errorf("training stopped before batch %d, where there is a checkpoint: %w", at, err)
	}
	if unread != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		if saved := r.checkpoint(home); saved != nil {
			return saved
		}
	}
	return err
}

// epochEnds measures validation and notes the epoch.
func epochEnds(r *run, batches int, rate float64) error {
	nan := rundir.Number(math.NaN())
	x := rundir.Epoch{
		Format: rundir.Format, Epoch: r.at.Batches / batches, Batches: r.at.Batches, Rate: rundir.Number(rate),
		TrainingLoss: rundir.Number(r.at.Loss / float64(batches)), TrainingAccuracy: rundir.Number(100 * float64(r.at.Correct) / float64(r.at.Images)),
		ValidationLoss: nan, ValidationAccuracy: nan, Seconds: rundir.Number(r.at.EpochSeconds), WaitingSeconds: rundir.Number(r.at.EpochWaiting), ImagesPerSecond: rundir.Number(float64(r.at.Images) / r.at.EpochSeconds),
		Steps: []rundir.Step{},
	}
	if images(&r.network, stimuli.Validation) > 0 {
		steps := r.g.TrainSteps()
		scores, err := measure(&r.network, stimuli.Validation, steps)
		if err != nil {
			return err
		}
		x.ValidationLoss = 0
		for k, s := range scores {
			x.Steps = append(x.Steps, measured(s, steps[k], true))
			x.ValidationLoss += x.Steps[k].Loss * rundir.Number(r.g.StepWeight(k))
		}
		x.ValidationAccuracy = x.Steps[len(x.Steps)-1].Accuracy
	}
	if share := r.at.EpochWaiting / r.at.EpochSeconds; share > 0.05 && len(r.epochs) == 0 {
		r.Report.Note("training waited for images %.0f %% of the time: they are read more slowly than they are learnt", 100*share)
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
// units, weighted as the trained steps are.
func guessing(r *network) float64 {
	one := math.Log(float64(r.g.Classes))
	if r.e.Readout.Loss == "sigmoid" {
		one = float64(r.g.Classes) * math.Ln2
	}
	sum := 0.0
	for k := range r.g.TrainSteps() {
		sum += r.g.StepWeight(k)
	}
	return one * sum
}
