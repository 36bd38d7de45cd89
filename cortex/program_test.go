package cortex_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/optim"
)

// TestProgramsRoundTrip prints the training programs of whole models, as text
// and as JSON, and reads them back.
func TestProgramsRoundTrip(t *testing.T) {
	for name, g := range map[string]*cortex.Graph{
		"Spoerer 2017": spoerer(t, "BLT", 8, 7, 4),
		"two stages":   twoStage(t, 8, 8, "untied"),
		"pair":         recurrentPair(t, 16, 32),
	} {
		t.Run(name, func(t *testing.T) {
			p, err := cortex.TrainingProgram(g, optim.Rule{Optimiser: &optim.SGD{Momentum: 0.9}, Decay: 1e-4, DecayOn: "all"}, 4, true)
			if err != nil {
				t.Fatal(err)
			}
			back, err := nn.Parse(p.String())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(back, p) {
				t.Error("text: reads back as another program")
			}
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			var q nn.Program
			if err := json.Unmarshal(text, &q); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(&q, p) {
				t.Error("JSON: reads back as another program")
			}
			t.Logf("%d instructions, %d bytes of text, %d of JSON", len(p.Instrs), len(p.String()), len(text))
		})
	}
}
