package wiring

import (
	"image/color"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// roleColour is the colour of a connection's role: feedforward is ink.
func roleColour(s canvas.Style, role string) color.Color {
	if c := s.Roles[role]; c != nil {
		return c
	}
	switch role {
	case recording.Lateral:
		return canvas.Hex(0x009e73)
	case recording.Feedback:
		return canvas.Hex(0xd55e00)
	case recording.Bypass:
		if s.Name == "dark" {
			return canvas.Hex(0x56b4e9)
		}
		return canvas.Hex(0x0072b2)
	case recording.Self:
		return s.Muted
	}
	return s.Ink
}
