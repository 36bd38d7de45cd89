//go:build amd64 && !purego

#include "textflag.h"

// The loops of a block of pixels, or of kernel elements, by 32 or 16 channels;
// see Convolution and Outer. Z0 to Z23 are the sums; bit o of mask says that
// channel o is there.

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
	MOVL mask+64(FP), AX \
	KMOVW AX, K1 \
	SHRL $16, AX \
	KMOVW AX, K2

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
	MOVL mask+80(FP), AX \
	KMOVW AX, K1 \
	SHRL $16, AX \
	KMOVW AX, K2

// func conv8x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv8x32AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	VPXORQ Z8, Z8, Z8
	VPXORQ Z9, Z9, Z9
	VPXORQ Z10, Z10, Z10
	VPXORQ Z11, Z11, Z11
	VPXORQ Z12, Z12, Z12
	VPXORQ Z13, Z13, Z13
	VPXORQ Z14, Z14, Z14
	VPXORQ Z15, Z15, Z15

row: // for range rows
	MOVQ SI, AX
	LEAQ (SI)(R11*4), BX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k][0:16]
	VMOVUPS 64(DI), Z25 // w[k][16:32]
	VBROADCASTSS (AX), Z26 // x[0*xStep+k]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·w
	VFMADD231PS Z25, Z26, Z1 // s[0][16:32] += x·w
	VBROADCASTSS (AX)(R11*1), Z27 // x[1*xStep+k]
	VFMADD231PS Z24, Z27, Z2 // s[1][0:16] += x·w
	VFMADD231PS Z25, Z27, Z3 // s[1][16:32] += x·w
	VBROADCASTSS (AX)(R11*2), Z28 // x[2*xStep+k]
	VFMADD231PS Z24, Z28, Z4 // s[2][0:16] += x·w
	VFMADD231PS Z25, Z28, Z5 // s[2][16:32] += x·w
	VBROADCASTSS (AX)(R13*1), Z29 // x[3*xStep+k]
	VFMADD231PS Z24, Z29, Z6 // s[3][0:16] += x·w
	VFMADD231PS Z25, Z29, Z7 // s[3][16:32] += x·w
	VBROADCASTSS (BX), Z26 // x[4*xStep+k]
	VFMADD231PS Z24, Z26, Z8 // s[4][0:16] += x·w
	VFMADD231PS Z25, Z26, Z9 // s[4][16:32] += x·w
	VBROADCASTSS (BX)(R11*1), Z27 // x[5*xStep+k]
	VFMADD231PS Z24, Z27, Z10 // s[5][0:16] += x·w
	VFMADD231PS Z25, Z27, Z11 // s[5][16:32] += x·w
	VBROADCASTSS (BX)(R11*2), Z28 // x[6*xStep+k]
	VFMADD231PS Z24, Z28, Z12 // s[6][0:16] += x·w
	VFMADD231PS Z25, Z28, Z13 // s[6][16:32] += x·w
	VBROADCASTSS (BX)(R13*1), Z29 // x[7*xStep+k]
	VFMADD231PS Z24, Z29, Z14 // s[7][0:16] += x·w
	VFMADD231PS Z25, Z29, Z15 // s[7][16:32] += x·w
	ADDQ $128, DI
	ADDQ $4, AX
	ADDQ $4, BX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMOVUPS Z0, K1, (DX)
	VMOVUPS Z1, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z2, K1, (DX)
	VMOVUPS Z3, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z4, K1, (DX)
	VMOVUPS Z5, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z6, K1, (DX)
	VMOVUPS Z7, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z8, K1, (DX)
	VMOVUPS Z9, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z10, K1, (DX)
	VMOVUPS Z11, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z12, K1, (DX)
	VMOVUPS Z13, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z14, K1, (DX)
	VMOVUPS Z15, K2, 64(DX)
	VZEROUPPER
	RET

// func conv4x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv4x32AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k][0:16]
	VMOVUPS 64(DI), Z25 // w[k][16:32]
	VBROADCASTSS (AX), Z26 // x[0*xStep+k]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·w
	VFMADD231PS Z25, Z26, Z1 // s[0][16:32] += x·w
	VBROADCASTSS (AX)(R11*1), Z27 // x[1*xStep+k]
	VFMADD231PS Z24, Z27, Z2 // s[1][0:16] += x·w
	VFMADD231PS Z25, Z27, Z3 // s[1][16:32] += x·w
	VBROADCASTSS (AX)(R11*2), Z28 // x[2*xStep+k]
	VFMADD231PS Z24, Z28, Z4 // s[2][0:16] += x·w
	VFMADD231PS Z25, Z28, Z5 // s[2][16:32] += x·w
	VBROADCASTSS (AX)(R13*1), Z29 // x[3*xStep+k]
	VFMADD231PS Z24, Z29, Z6 // s[3][0:16] += x·w
	VFMADD231PS Z25, Z29, Z7 // s[3][16:32] += x·w
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMOVUPS Z0, K1, (DX)
	VMOVUPS Z1, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z2, K1, (DX)
	VMOVUPS Z3, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z4, K1, (DX)
	VMOVUPS Z5, K2, 64(DX)
	ADDQ R12, DX
	VMOVUPS Z6, K1, (DX)
	VMOVUPS Z7, K2, 64(DX)
	VZEROUPPER
	RET

// func conv1x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv1x32AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k][0:16]
	VMOVUPS 64(DI), Z25 // w[k][16:32]
	VBROADCASTSS (AX), Z26 // x[0*xStep+k]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·w
	VFMADD231PS Z25, Z26, Z1 // s[0][16:32] += x·w
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMOVUPS Z0, K1, (DX)
	VMOVUPS Z1, K2, 64(DX)
	VZEROUPPER
	RET

// func conv8x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv8x16AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7

row: // for range rows
	MOVQ SI, AX
	LEAQ (SI)(R11*4), BX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k][0:16]
	VBROADCASTSS (AX), Z26 // x[0*xStep+k]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·w
	VBROADCASTSS (AX)(R11*1), Z27 // x[1*xStep+k]
	VFMADD231PS Z24, Z27, Z1 // s[1][0:16] += x·w
	VBROADCASTSS (AX)(R11*2), Z28 // x[2*xStep+k]
	VFMADD231PS Z24, Z28, Z2 // s[2][0:16] += x·w
	VBROADCASTSS (AX)(R13*1), Z29 // x[3*xStep+k]
	VFMADD231PS Z24, Z29, Z3 // s[3][0:16] += x·w
	VBROADCASTSS (BX), Z26 // x[4*xStep+k]
	VFMADD231PS Z24, Z26, Z4 // s[4][0:16] += x·w
	VBROADCASTSS (BX)(R11*1), Z27 // x[5*xStep+k]
	VFMADD231PS Z24, Z27, Z5 // s[5][0:16] += x·w
	VBROADCASTSS (BX)(R11*2), Z28 // x[6*xStep+k]
	VFMADD231PS Z24, Z28, Z6 // s[6][0:16] += x·w
	VBROADCASTSS (BX)(R13*1), Z29 // x[7*xStep+k]
	VFMADD231PS Z24, Z29, Z7 // s[7][0:16] += x·w
	ADDQ $128, DI
	ADDQ $4, AX
	ADDQ $4, BX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMOVUPS Z0, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z1, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z2, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z3, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z4, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z5, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z6, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z7, K1, (DX)
	VZEROUPPER
	RET

// func conv4x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv4x16AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k][0:16]
	VBROADCASTSS (AX), Z26 // x[0*xStep+k]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·w
	VBROADCASTSS (AX)(R11*1), Z27 // x[1*xStep+k]
	VFMADD231PS Z24, Z27, Z1 // s[1][0:16] += x·w
	VBROADCASTSS (AX)(R11*2), Z28 // x[2*xStep+k]
	VFMADD231PS Z24, Z28, Z2 // s[2][0:16] += x·w
	VBROADCASTSS (AX)(R13*1), Z29 // x[3*xStep+k]
	VFMADD231PS Z24, Z29, Z3 // s[3][0:16] += x·w
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMOVUPS Z0, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z1, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z2, K1, (DX)
	ADDQ R12, DX
	VMOVUPS Z3, K1, (DX)
	VZEROUPPER
	RET

// func conv1x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv1x16AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	VPXORQ Z0, Z0, Z0

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k][0:16]
	VBROADCASTSS (AX), Z26 // x[0*xStep+k]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·w
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	// y[p*yStep:] = s[p], of the width
	VMOVUPS Z0, K1, (DX)
	VZEROUPPER
	RET

// func outer8x32AVX512(x, d, sum *float32, rows, pixels, xRow, xStep, dRow, dStep, sumStep int, mask uint32)
TEXT ·outer8x32AVX512(SB), NOSPLIT, $0-84
	OUTER_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	VPXORQ Z8, Z8, Z8
	VPXORQ Z9, Z9, Z9
	VPXORQ Z10, Z10, Z10
	VPXORQ Z11, Z11, Z11
	VPXORQ Z12, Z12, Z12
	VPXORQ Z13, Z13, Z13
	VPXORQ Z14, Z14, Z14
	VPXORQ Z15, Z15, Z15

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d[0:16]
	VMOVUPS.Z 64(BX), K2, Z25 // d[16:32]
	VBROADCASTSS (AX), Z26 // x[0]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·d
	VFMADD231PS Z25, Z26, Z1 // s[0][16:32] += x·d
	VBROADCASTSS 4(AX), Z27 // x[1]
	VFMADD231PS Z24, Z27, Z2 // s[1][0:16] += x·d
	VFMADD231PS Z25, Z27, Z3 // s[1][16:32] += x·d
	VBROADCASTSS 8(AX), Z28 // x[2]
	VFMADD231PS Z24, Z28, Z4 // s[2][0:16] += x·d
	VFMADD231PS Z25, Z28, Z5 // s[2][16:32] += x·d
	VBROADCASTSS 12(AX), Z29 // x[3]
	VFMADD231PS Z24, Z29, Z6 // s[3][0:16] += x·d
	VFMADD231PS Z25, Z29, Z7 // s[3][16:32] += x·d
	VBROADCASTSS 16(AX), Z26 // x[4]
	VFMADD231PS Z24, Z26, Z8 // s[4][0:16] += x·d
	VFMADD231PS Z25, Z26, Z9 // s[4][16:32] += x·d
	VBROADCASTSS 20(AX), Z27 // x[5]
	VFMADD231PS Z24, Z27, Z10 // s[5][0:16] += x·d
	VFMADD231PS Z25, Z27, Z11 // s[5][16:32] += x·d
	VBROADCASTSS 24(AX), Z28 // x[6]
	VFMADD231PS Z24, Z28, Z12 // s[6][0:16] += x·d
	VFMADD231PS Z25, Z28, Z13 // s[6][16:32] += x·d
	VBROADCASTSS 28(AX), Z29 // x[7]
	VFMADD231PS Z24, Z29, Z14 // s[7][0:16] += x·d
	VFMADD231PS Z25, Z29, Z15 // s[7][16:32] += x·d
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
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z0, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z1, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z2, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z3, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z4, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z5, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z6, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z7, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z8, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z9, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z10, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z11, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z12, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z13, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z14, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z15, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	VZEROUPPER
	RET

// func outer1x32AVX512(x, d, sum *float32, rows, pixels, xRow, xStep, dRow, dStep, sumStep int, mask uint32)
TEXT ·outer1x32AVX512(SB), NOSPLIT, $0-84
	OUTER_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d[0:16]
	VMOVUPS.Z 64(BX), K2, Z25 // d[16:32]
	VBROADCASTSS (AX), Z26 // x[0]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·d
	VFMADD231PS Z25, Z26, Z1 // s[0][16:32] += x·d
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
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z0, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VMOVUPS.Z 64(DX), K2, Z26
	VADDPS Z1, Z26, Z26
	VMOVUPS Z26, K2, 64(DX)
	VZEROUPPER
	RET

// func outer8x16AVX512(x, d, sum *float32, rows, pixels, xRow, xStep, dRow, dStep, sumStep int, mask uint32)
TEXT ·outer8x16AVX512(SB), NOSPLIT, $0-84
	OUTER_ARGS
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d[0:16]
	VBROADCASTSS (AX), Z26 // x[0]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·d
	VBROADCASTSS 4(AX), Z27 // x[1]
	VFMADD231PS Z24, Z27, Z1 // s[1][0:16] += x·d
	VBROADCASTSS 8(AX), Z28 // x[2]
	VFMADD231PS Z24, Z28, Z2 // s[2][0:16] += x·d
	VBROADCASTSS 12(AX), Z29 // x[3]
	VFMADD231PS Z24, Z29, Z3 // s[3][0:16] += x·d
	VBROADCASTSS 16(AX), Z26 // x[4]
	VFMADD231PS Z24, Z26, Z4 // s[4][0:16] += x·d
	VBROADCASTSS 20(AX), Z27 // x[5]
	VFMADD231PS Z24, Z27, Z5 // s[5][0:16] += x·d
	VBROADCASTSS 24(AX), Z28 // x[6]
	VFMADD231PS Z24, Z28, Z6 // s[6][0:16] += x·d
	VBROADCASTSS 28(AX), Z29 // x[7]
	VFMADD231PS Z24, Z29, Z7 // s[7][0:16] += x·d
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
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z0, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z1, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z2, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z3, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z4, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z5, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z6, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	ADDQ AX, DX
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z7, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VZEROUPPER
	RET

// func outer1x16AVX512(x, d, sum *float32, rows, pixels, xRow, xStep, dRow, dStep, sumStep int, mask uint32)
TEXT ·outer1x16AVX512(SB), NOSPLIT, $0-84
	OUTER_ARGS
	VPXORQ Z0, Z0, Z0

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d[0:16]
	VBROADCASTSS (AX), Z26 // x[0]
	VFMADD231PS Z24, Z26, Z0 // s[0][0:16] += x·d
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
	VMOVUPS.Z (DX), K1, Z26
	VADDPS Z0, Z26, Z26
	VMOVUPS Z26, K1, (DX)
	VZEROUPPER
	RET
