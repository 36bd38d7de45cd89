// Package canvas draws in the house style: a pen with lines, areas, markers and
// texts, panels with axes, colours, and figures saved as SVG, PNG and PDF. It
// knows nothing of what is drawn.
package canvas
