package cortex

import (
	"fmt"
	"strconv"
	"strings"

	"ventral/nn"
	"ventral/nn/optim"
)

// Names of the input ports of programs, besides those of package optim.
const (
	ImagePort       = "image"        // images [N H W C] of the first frame; see FramePort
	LabelPort       = "label"        // the first labels [N 1 1 classes]; see AnswerPort
	StepWeightsPort = "step_weights" // 1 for the trained step that is drawn, else 0
)

// Feed says what the input ports of a program hold in one run of it. A program
// has some of them.
type Feed struct {
	// Images writes the images [N H W C] of a frame.
	Images func(frame int, images []float32) error
	// Labels writes labels [N classes], the first or others; see [Screen].
	Labels func(which int, labels []float32) error
	// Streams writes a frame of a further input; see [Stream].
	Streams func(name string, frame int, data []float32) error
	// Given writes the numbers that a lesion takes by the port of that name; see
	// GivenBy.
	Given func(port string, data []float32) error
	// Carried writes the state that enters a window by the port of that name; see
	// CarryName.
	Carried func(port string, state []float32) error
	// Others writes what no other field does, of ports that the caller added.
	Others func(port string, data []float32) error

	Rate   float64 // of the update
	Update int     // number of the update, from 1
	Keep   bool    // gradients are added to those of the batch before
	Drawn  int     // which of the trained steps the loss reads, from 0
}

// Fill writes the input ports of p into in, one tensor for each. A port that
// nothing is known of is an error.
func Fill(p *nn.Program, in []nn.Tensor, f Feed) error {
	for i, x := range p.Inputs {
		data := in[i].Data
		frame, image := numberOf(x.Name, ImagePort)
		which, label := numberOf(x.Name, LabelPort)
		name, shown, stream := streamOf(x.Name)
		switch {
		case image && f.Images != nil:
			if err := f.Images(frame, data); err != nil {
				return err
			}
		case label && f.Labels != nil:
			if err := f.Labels(which, data); err != nil {
				return err
			}
		case stream && f.Streams != nil:
			if err := f.Streams(name, shown, data); err != nil {
				return err
			}
		case strings.HasPrefix(x.Name, givenPrefix) && f.Given != nil:
			if err := f.Given(x.Name, data); err != nil {
				return err
			}
		case strings.HasPrefix(x.Name, carryPrefix) && f.Carried != nil:
			if err := f.Carried(x.Name, data); err != nil {
				return err
			}
		case x.Name == optim.RatePort:
			data[0] = float32(f.Rate)
		case x.Name == optim.UpdatePort:
			data[0] = float32(f.Update)
		case x.Name == optim.KeepPort:
			data[0] = 0
			if f.Keep {
				data[0] = 1
			}
		case x.Name == StepWeightsPort:
			clear(data)
			data[f.Drawn] = 1
		case f.Others != nil:
			if err := f.Others(x.Name, data); err != nil {
				return err
			}
		default:
			return fmt.Errorf("nothing fills the input port %q of the program", x.Name)
		}
	}
	return nil
}

// numberOf returns the number of a port whose name is first for 0.
func numberOf(port, first string) (n int, ok bool) {
	if port == first {
		return 0, true
	}
	text, ok := strings.CutPrefix(port, first+"@")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0
}

// Inputs returns tensors for the input ports of p.
func Inputs(p *nn.Program) []nn.Tensor {
	in := make([]nn.Tensor, len(p.Inputs))
	for i, x := range p.Inputs {
		in[i] = nn.NewTensor(p.Shapes[x.Value])
	}
	return in
}

// Outputs returns tensors for the output ports of p.
func Outputs(p *nn.Program) []nn.Tensor {
	out := make([]nn.Tensor, len(p.Outputs))
	for i, x := range p.Outputs {
		out[i] = nn.NewTensor(p.Shapes[x.Value])
	}
	return out
}

// Noise is the feed of a program that is tried or timed: images of Gaussian
// noise, labels of every class in turn, the first update at a rate of 0.001.
func Noise(classes int) Feed {
	return Feed{Rate: 1e-3, Update: 1,
		Images: func(frame int, images []float32) error {
			return nn.Init{Kind: "he_normal", FanIn: 2}.Draw(1, FramePort(frame), nn.Tensor{Shape: nn.Shape{len(images)}, Data: images})
		},
		Streams: func(name string, frame int, data []float32) error {
			return nn.Init{Kind: "he_normal", FanIn: 2}.Draw(1, StreamPort(name, frame), nn.Tensor{Shape: nn.Shape{len(data)}, Data: data})
		},
		Labels: func(_ int, labels []float32) error {
			clear(labels)
			for n := range len(labels) / classes {
				labels[n*classes+n%classes] = 1
			}
			return nil
		}}
}
