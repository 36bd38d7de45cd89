// Package plots draws figures from frames and an anatomy, without an engine.
//
// A figure is made from Data and saved as SVG, PNG or PDF:
//
//	figures, err := plots.All(plots.Data{Anatomy: a, Frames: frames})
//	for _, f := range figures {
//		err = canvas.Save(file, "svg", f, 0, 0) // 0: its own size
//	}
//
// Frames have figures by their names (Kinds), or where no kind names them by their
// axes: [area, step, statistic] are curves, [area, step, step] matrices of time by
// time, [area, step, x, x] rows of matrices.
//
// WritePage puts figures, tables and facts of a run into one HTML file.
//
// Every figure carries a caption built from the same numbers that are drawn:
// what is plotted, n and its unit, the interval, the precision, and which
// steps were re-estimated.
package plots
