package ref_test

import (
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/nntest"
)

func TestEngine(t *testing.T) {
	nntest.Engine(t, "ref", func() nn.Engine { return ref.Engine{} })
}
