package analysis

import (
	"fmt"
	"io"
	"strings"

	"ventral/cortex/recording"
)

// Source is the files of a run. The error of a missing recording is fs.ErrNotExist.
// The io.Closer ends reading.
type Source interface {
	Anatomy() *recording.Anatomy
	Trace(area, signal string) (*recording.TraceReader, io.Closer, error)

	// Answers are the logits of a split: of the images that the run was tested on, "",
	// or of Validation.
	Answers(split string) (*recording.LogitsReader, io.Closer, error)

	// Images is the recording of recording.Stimuli: the pixels of the images
	// that Chosen picks from those of the other traces.
	Images() (*recording.TraceReader, io.Closer, error)

	// Table is what the data set tells of the images recorded; nil where only classes.
	Table() (*Table, error)

	// Open opens a file that settings name, such as data of a brain. A relative path
	// starts from the folder of the experiment file.
	Open(path string) (File, int64, error)

	// Probe is what the probe of a name measured.
	Probe(name string) ([]Frame, error)
}

// File is a file that is open for reading.
type File interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// Subject is the run as an analysis knows it before its recordings.
type Subject struct {
	Name    string // of the source, "" where there is one
	Axis    string // what sources that are analysed together differ in: "condition", "variant" or "run"
	Images  string // tells which images it was shown; only sources of equal texts have images in common
	Anatomy *recording.Anatomy
	Areas   []string // whose signals will come, upwards
	Table   *Table   // factors of the images; nil where there are none

	// Open opens a file that settings name, with its size; see Source.
	Open func(path string) (File, int64, error)
}

// Missing is the error of an analysis whose recording is not on disk.
type Missing struct {
	Analysis string // its name
	Need     Need
	Area     string   // of Areas
	Signals  []string // that all analyses read, so that one command records them
	Err      error
	Run      string // that cortex record is given; "" is RUN
}

// Error says what is missing and which command makes it.
func (m *Missing) Error() string {
	var what, command string
	record := "cortex record RUN"
	if m.Run != "" {
		record = "cortex record " + m.Run
	}
	switch m.Need.Of {
	case Areas:
		what, command = fmt.Sprintf("the signal %q of area %s is", m.Need.Signal, m.Area), record+" --signals "+strings.Join(m.Signals, ",")+" records it"
	case Images:
		what, command = "the pixels of the images shown are", record+" records them"
	case Probe:
		what, command = fmt.Sprintf("what the probe %q measures is", m.Need.Signal), record+" --probe "+m.Need.Signal+" measures it"
	case Answers:
		if m.Need.Split == Validation {
			what, command = "the answers to validation images are", record+" writes them, where the run has validation images beside test images"
			break
		}
		what, command = "the answers of the readout are", "cortex run tests a network at the end of its training and writes them"
	}
	return fmt.Sprintf("analysis %q: %s not on disk; %s", m.Analysis, what, command)
}

// Unwrap returns why the recording could not be read.
func (m *Missing) Unwrap() error { return m.Err }
