//go:build amd64 && !purego

#include "textflag.h"

// The loops of a block of pixels, or of kernel elements, by 16 channels; see
// Convolution and Outer. Y0 to Y7 are the sums; element o of mask is all ones
// where channel o is there.

// CONV_ARGS loads the arguments of a convolution; steps become bytes.
#define CONV_ARGS \
	MOVQ x+0(FP), SI      \
	MOVQ w+8(FP), DI      \
	MOVQ y+16(FP), DX     \
	MOVQ rows+24(FP), R8  \
	MOVQ run+32(FP), R9   \
	MOVQ xRow+40(FP), R10 \
	MOVQ xStep+48(FP), R11 \
	MOVQ yStep+56(FP), R12 \
	SHLQ $2, R10          \
	SHLQ $2, R11          \
	SHLQ $2, R12          \
	LEAQ (R11)(R11*2), R13 \
	MOVQ mask+64(FP), AX \
	VMOVUPS (AX), Y14 \
	VMOVUPS 32(AX), Y15

// OUTER_ARGS loads the arguments of an outer product; steps become bytes.
#define OUTER_ARGS \
	MOVQ x+0(FP), SI      \
	MOVQ d+8(FP), DI      \
	MOVQ sum+16(FP), DX     \
	MOVQ rows+24(FP), R8  \
	MOVQ pixels+32(FP), R9 \
	MOVQ xRow+40(FP), R10 \
	MOVQ xStep+48(FP), R11 \
	MOVQ dRow+56(FP), R12 \
	MOVQ dStep+64(FP), R13 \
	SHLQ $2, R10          \
	SHLQ $2, R11          \
	SHLQ $2, R12          \
	SHLQ $2, R13          \
	MOVQ mask+80(FP), AX \
	VMOVUPS (AX), Y14 \
	VMOVUPS 32(AX), Y15

// func conv4x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask *[16]uint32)
TEXT ·conv4x16AVX2(SB), NOSPLIT, $0-72
	CONV_ARGS
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Y8 // w[k][0:8]
	VMOVUPS 32(DI), Y9 // w[k][8:16]
	VBROADCASTSS (AX), Y10 // x[0*xStep+k]
	VFMADD231PS Y8, Y10, Y0 // s[0][0:8] += x·w
	VFMADD231PS Y9, Y10, Y1 // s[0][8:16] += x·w
	VBROADCASTSS (AX)(R11*1), Y11 // x[1*xStep+k]
	VFMADD231PS Y8, Y11, Y2 // s[1][0:8] += x·w
	VFMADD231PS Y9, Y11, Y3 // s[1][8:16] += x·w
	VBROADCASTSS (AX)(R11*2), Y12 // x[2*xStep+k]
	VFMADD231PS Y8, Y12, Y4 // s[2][0:8] += x·w
	VFMADD231PS Y9, Y12, Y5 // s[2][8:16] += x·w
	VBROADCASTSS (AX)(R13*1), Y13 // x[3*xStep+k]
	VFMADD231PS Y8, Y13, Y6 // s[3][0:8] += x·w
	VFMADD231PS Y9, Y13, Y7 // s[3][8:16] += x·w
	ADDQ $64, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMASKMOVPS Y0, Y14, (DX)
	VMASKMOVPS Y1, Y15, 32(DX)
	ADDQ R12, DX
	VMASKMOVPS Y2, Y14, (DX)
	VMASKMOVPS Y3, Y15, 32(DX)
	ADDQ R12, DX
	VMASKMOVPS Y4, Y14, (DX)
	VMASKMOVPS Y5, Y15, 32(DX)
	ADDQ R12, DX
	VMASKMOVPS Y6, Y14, (DX)
	VMASKMOVPS Y7, Y15, 32(DX)
	VZEROUPPER
	RET

// func conv1x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask *[16]uint32)
TEXT ·conv1x16AVX2(SB), NOSPLIT, $0-72
	CONV_ARGS
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Y8 // w[k][0:8]
	VMOVUPS 32(DI), Y9 // w[k][8:16]
	VBROADCASTSS (AX), Y10 // x[0*xStep+k]
	VFMADD231PS Y8, Y10, Y0 // s[0][0:8] += x·w
	VFMADD231PS Y9, Y10, Y1 // s[0][8:16] += x·w
	ADDQ $64, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMASKMOVPS Y0, Y14, (DX)
	VMASKMOVPS Y1, Y15, 32(DX)
	VZEROUPPER
	RET

// func outer4x16AVX2(x, d, sum *float32, rows, pixels, xRow, xStep, dRow, dStep, sumStep int, mask *[16]uint32)
TEXT ·outer4x16AVX2(SB), NOSPLIT, $0-88
	OUTER_ARGS
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMASKMOVPS (BX), Y14, Y8 // d[0:8]
	VMASKMOVPS 32(BX), Y15, Y9 // d[8:16]
	VBROADCASTSS (AX), Y10 // x[0]
	VFMADD231PS Y8, Y10, Y0 // s[0][0:8] += x·d
	VFMADD231PS Y9, Y10, Y1 // s[0][8:16] += x·d
	VBROADCASTSS 4(AX), Y11 // x[1]
	VFMADD231PS Y8, Y11, Y2 // s[1][0:8] += x·d
	VFMADD231PS Y9, Y11, Y3 // s[1][8:16] += x·d
	VBROADCASTSS 8(AX), Y12 // x[2]
	VFMADD231PS Y8, Y12, Y4 // s[2][0:8] += x·d
	VFMADD231PS Y9, Y12, Y5 // s[2][8:16] += x·d
	VBROADCASTSS 12(AX), Y13 // x[3]
	VFMADD231PS Y8, Y13, Y6 // s[3][0:8] += x·d
	VFMADD231PS Y9, Y13, Y7 // s[3][8:16] += x·d
	ADDQ R11, AX // x += xStep
	ADDQ R13, BX // d += dStep
	DECQ CX
	JNZ  pixel

	ADDQ R10, SI // x += xRow
	ADDQ R12, DI // d += dRow
	DECQ R8
	JNZ  row

	// sum[k*sumStep:] += s[k], of the width
	MOVQ sumStep+72(FP), AX
	SHLQ $2, AX
	VMASKMOVPS (DX), Y14, Y8
	VADDPS Y0, Y8, Y8
	VMASKMOVPS Y8, Y14, (DX)
	VMASKMOVPS 32(DX), Y15, Y8
	VADDPS Y1, Y8, Y8
	VMASKMOVPS Y8, Y15, 32(DX)
	ADDQ AX, DX
	VMASKMOVPS (DX), Y14, Y8
	VADDPS Y2, Y8, Y8
	VMASKMOVPS Y8, Y14, (DX)
	VMASKMOVPS 32(DX), Y15, Y8
	VADDPS Y3, Y8, Y8
	VMASKMOVPS Y8, Y15, 32(DX)
	ADDQ AX, DX
	VMASKMOVPS (DX), Y14, Y8
	VADDPS Y4, Y8, Y8
	VMASKMOVPS Y8, Y14, (DX)
	VMASKMOVPS 32(DX), Y15, Y8
	VADDPS Y5, Y8, Y8
	VMASKMOVPS Y8, Y15, 32(DX)
	ADDQ AX, DX
	VMASKMOVPS (DX), Y14, Y8
	VADDPS Y6, Y8, Y8
	VMASKMOVPS Y8, Y14, (DX)
	VMASKMOVPS 32(DX), Y15, Y8
	VADDPS Y7, Y8, Y8
	VMASKMOVPS Y8, Y15, 32(DX)
	VZEROUPPER
	RET

// func outer1x16AVX2(x, d, sum *float32, rows, pixels, xRow, xStep, dRow, dStep, sumStep int, mask *[16]uint32)
TEXT ·outer1x16AVX2(SB), NOSPLIT, $0-88
	OUTER_ARGS
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMASKMOVPS (BX), Y14, Y8 // d[0:8]
	VMASKMOVPS 32(BX), Y15, Y9 // d[8:16]
	VBROADCASTSS (AX), Y10 // x[0]
	VFMADD231PS Y8, Y10, Y0 // s[0][0:8] += x·d
	VFMADD231PS Y9, Y10, Y1 // s[0][8:16] += x·d
	ADDQ R11, AX // x += xStep
	ADDQ R13, BX // d += dStep
	DECQ CX
	JNZ  pixel

	ADDQ R10, SI // x += xRow
	ADDQ R12, DI // d += dRow
	DECQ R8
	JNZ  row

	// sum[k*sumStep:] += s[k], of the width
	MOVQ sumStep+72(FP), AX
	SHLQ $2, AX
	VMASKMOVPS (DX), Y14, Y8
	VADDPS Y0, Y8, Y8
	VMASKMOVPS Y8, Y14, (DX)
	VMASKMOVPS 32(DX), Y15, Y8
	VADDPS Y1, Y8, Y8
	VMASKMOVPS Y8, Y15, 32(DX)
	VZEROUPPER
	RET
