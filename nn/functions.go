package nn

import "math"

var relu = Function{
	Name: "relu",
	Value: func(x float64) float64 {
		if x < 0 {
			return 0
		}
		return x
	},
	Slope: func(_, y float64) float64 {
		if y > 0 {
			return 1
		}
		return 0
	},
	Reads:      ReadsResult,
	Flat:       true,
	Equation:   "x where x ≥ 0, otherwise 0; NaN stays NaN",
	Derivative: "1 where y > 0, otherwise 0",
	NumPy:      "np.where(x < 0, 0, x)",
	NumPySlope: "np.where(y > 0, 1.0, 0.0)",
}

var sigmoid = Function{
	Name:       "sigmoid",
	Value:      func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
	Slope:      func(_, y float64) float64 { return y * (1 - y) },
	Reads:      ReadsResult,
	Equation:   "1 / (1 + e⁻ˣ)",
	Derivative: "y·(1 - y)",
	NumPy:      "1 / (1 + np.exp(-x))",
	NumPySlope: "y * (1 - y)",
}

var tanh = Function{
	Name:       "tanh",
	Value:      math.Tanh,
	Slope:      func(_, y float64) float64 { return 1 - y*y },
	Reads:      ReadsResult,
	Equation:   "tanh x",
	Derivative: "1 - y²",
	NumPy:      "np.tanh(x)",
	NumPySlope: "1 - y * y",
}

var softplus = Function{
	Name:       "softplus",
	Value:      func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
	Slope:      func(_, y float64) float64 { return -math.Expm1(-y) },
	Reads:      ReadsResult,
	Equation:   `ln(1 + eˣ), as max(x, 0) + ln(1 + e^-\|x\|)`,
	Derivative: "1 - e⁻ʸ",
	NumPy:      "np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))",
	NumPySlope: "-np.expm1(-y)",
}

var elu = Function{
	Name: "elu",
	Value: func(x float64) float64 {
		if x < 0 {
			return math.Expm1(x)
		}
		return x
	},
	Slope:      func(_, y float64) float64 { return min(y+1, 1) },
	Reads:      ReadsResult,
	Equation:   "x where x ≥ 0, otherwise eˣ - 1",
	Derivative: "1 where y ≥ 0, otherwise y + 1",
	NumPy:      "np.where(x < 0, np.expm1(np.minimum(x, 0)), x)",
	NumPySlope: "np.where(y >= 0, 1.0, y + 1)",
}
