package spec

import (
	"ventral/experiments/decode"
)

// Comparison is the table [compare]: how cortex compare compares the variants of
// a file. It does not belong to the resolved experiment.
type Comparison struct {
	Variants  []string `toml:"variants" doc:"variants that are compared, and the file's own name for the file as it stands; empty is all of them, and the file unless a variant is the same"`
	Seeds     int      `toml:"seeds" min:"1" max:"1000" doc:"training runs of each variant, with the seeds seed, seed+1, …"`
	Primary   string   `toml:"primary" doc:"the one outcome that claims are made of: accuracy, error or loss of test images, at a step or @last, the last tested one"`
	TuneSeeds int      `toml:"tune_seeds" min:"1" max:"1000" doc:"training runs of each candidate of tune, with seeds of their own"`

	Match Match       // not asked for where Quantity is ""
	Tune  []Candidate // in the order of the file
}

// Match says what every variant is to have as much of as one of them.
type Match struct {
	Quantity string `toml:"quantity" oneof:"parameters multiply_adds" doc:"trainable parameters in use, or multiply-adds of an answer; within 2 %"`
	To       string `toml:"to" doc:"the variant that stays as it is; empty is the first"`
	By       string `toml:"by" oneof:"channels kernel depth" doc:"quantity that is changed: channels of every area by one factor, the size of every kernel by one even number, or times of every brc and brd by one number"`
}

// Candidate is a key with the values that are tried of it, as TOML.
type Candidate struct {
	Key    string
	Values []string
}

// NewComparison returns a comparison with the defaults of its keys.
func NewComparison() Comparison {
	return Comparison{Seeds: 6, Primary: "accuracy@last", TuneSeeds: 2}
}

// NewMatch returns a match with the defaults of its keys.
func NewMatch() Match { return Match{Quantity: "parameters", By: "channels"} }

// readComparison reads the table.
func readComparison(s *decode.Source, v any) (Comparison, error) {
	x, path := NewComparison(), []string{"compare"}
	if v == nil {
		return x, nil
	}
	m, err := s.Table(path, v)
	if err != nil {
		return x, err
	}
	err = s.Bind(path, m, map[string]decode.Hook{
		"match": func(at []string, v any) error {
			x.Match = NewMatch()
			return s.SetStruct(at, v, decode.ValueOf(&x.Match))
		},
		"tune": func(at []string, v any) error {
			t, err := s.Table(at, v)
			if err != nil {
				return err
			}
			for _, key := range s.Keys(at, t) {
				here := decode.Below(at, key)
				list, ok := t[key].([]any)
				if !ok || len(list) < 2 {
					return s.Fault(here, "found %s, want a list of two or more values, as in tune = { \"train.rate\" = [0.1, 0.03] }", decode.Described(t[key]))
				}
				c := Candidate{Key: key}
				for _, v := range list {
					c.Values = append(c.Values, decode.Plain(v))
				}
				x.Tune = append(x.Tune, c)
			}
			return nil
		},
	}, &x)
	return x, err
}
