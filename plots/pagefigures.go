package plots

import (
	"ventral/plots/canvas"
	"ventral/plots/page"
)

// PageFigures makes every figure the data allows, as All does, in the styles of
// Light and Dark.
func PageFigures(d Data) ([]page.Figure, error) {
	d.Style = canvas.Light()
	light, err := All(d)
	if err != nil {
		return nil, err
	}
	d.Style = canvas.Dark()
	dark, err := All(d)
	if err != nil {
		return nil, err
	}
	var figures []page.Figure
	for i := range light {
		figures = append(figures, page.Figure{Light: light[i], Dark: dark[i]})
	}
	return figures, nil
}
