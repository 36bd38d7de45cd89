//go:build amd64 && !purego

#include "textflag.h"

// Convolution and Outer for a block of 16, 8, 4 or 1 pixels, or kernel elements,
// by 32 or 16 channels. Z0 to Z15 are the sums; bit o of mask says that channel o
// is there.

// CONV_ARGS loads the arguments of a convolution; steps become bytes.
#define CONV_ARGS \
	MOVQ x+0(FP), SI \
	MOVQ w+8(FP), DI \
	MOVQ y+16(FP), DX \
	MOVQ rows+24(FP), R8 \
	MOVQ run+32(FP), R9 \
	MOVQ xRow+40(FP), R10 \
	MOVQ xStep+48(FP), R11 \
	MOVQ yStep+56(FP), R12 \
	SHLQ $2, R10 \
	SHLQ $2, R11 \
	SHLQ $2, R12 \
	LEAQ (R11)(R11*2), R13 \
	MOVL mask+64(FP), AX \
	KMOVW AX, K1 \
	SHRL $16, AX \
	KMOVW AX, K2

// OUTER_ARGS loads the arguments of an outer product; steps become bytes.
#define OUTER_ARGS \
	MOVQ x+0(FP), SI \
	MOVQ d+8(FP), DI \
	MOVQ sum+16(FP), DX \
	MOVQ rows+32(FP), R8 \
	MOVQ pixels+40(FP), R9 \
	MOVQ xRow+48(FP), R10 \
	MOVQ xStep+56(FP), R11 \
	MOVQ dRow+64(FP), R12 \
	MOVQ dStep+72(FP), R13 \
	SHLQ $2, R10 \
	SHLQ $2, R11 \
	SHLQ $2, R12 \
	SHLQ $2, R13 \
	MOVL mask+104(FP), AX \
	KMOVW AX, K1 \
	SHRL $16, AX \
	KMOVW AX, K2

// OUTER_NEXT goes on to the next image, where there is one: what is left of the
// present one, in bytes, lies between.
#define OUTER_NEXT \
	ADDQ xRest+80(FP), SI \
	ADDQ dRest+88(FP), DI \
	MOVQ rows+32(FP), R8 \
	DECQ images+24(FP)

// ZERO1 clears a sum.
#define ZERO1 \
	VPXORQ Z0, Z0, Z0

// ZERO2 clears 2 sums.
#define ZERO2 \
	VPXORQ Z0, Z0, Z0 \
	VPXORQ Z1, Z1, Z1

// ZERO4 clears 4 sums.
#define ZERO4 \
	VPXORQ Z0, Z0, Z0 \
	VPXORQ Z1, Z1, Z1 \
	VPXORQ Z2, Z2, Z2 \
	VPXORQ Z3, Z3, Z3

// ZERO8 clears 8 sums.
#define ZERO8 \
	VPXORQ Z0, Z0, Z0 \
	VPXORQ Z1, Z1, Z1 \
	VPXORQ Z2, Z2, Z2 \
	VPXORQ Z3, Z3, Z3 \
	VPXORQ Z4, Z4, Z4 \
	VPXORQ Z5, Z5, Z5 \
	VPXORQ Z6, Z6, Z6 \
	VPXORQ Z7, Z7, Z7

// ZERO16 clears 16 sums.
#define ZERO16 \
	VPXORQ Z0, Z0, Z0 \
	VPXORQ Z1, Z1, Z1 \
	VPXORQ Z2, Z2, Z2 \
	VPXORQ Z3, Z3, Z3 \
	VPXORQ Z4, Z4, Z4 \
	VPXORQ Z5, Z5, Z5 \
	VPXORQ Z6, Z6, Z6 \
	VPXORQ Z7, Z7, Z7 \
	VPXORQ Z8, Z8, Z8 \
	VPXORQ Z9, Z9, Z9 \
	VPXORQ Z10, Z10, Z10 \
	VPXORQ Z11, Z11, Z11 \
	VPXORQ Z12, Z12, Z12 \
	VPXORQ Z13, Z13, Z13 \
	VPXORQ Z14, Z14, Z14 \
	VPXORQ Z15, Z15, Z15

// ADD32 adds the element at x times 32 channels: s0 += x·Z24, s1 += x·Z25.
#define ADD32(x, t, s0, s1) \
	VBROADCASTSS x, t \
	VFMADD231PS Z24, t, s0 \
	VFMADD231PS Z25, t, s1

// ADD16 adds the element at x times 16 channels: s0 += x·Z24.
#define ADD16(x, t, s0) \
	VBROADCASTSS x, t \
	VFMADD231PS Z24, t, s0

// PUT32 stores 32 sums of a pixel, those of the mask, and goes on to the next.
#define PUT32(s0, s1) \
	VMOVUPS s0, K1, (DX) \
	VMOVUPS s1, K2, 64(DX) \
	ADDQ R12, DX

// PUT16 stores 16 sums of a pixel, those of the mask, and goes on to the next.
#define PUT16(s0) \
	VMOVUPS s0, K1, (DX) \
	ADDQ R12, DX

// INTO32 adds 32 sums to those of a kernel element, AX bytes before the next.
#define INTO32(s0, s1) \
	VMOVUPS.Z (DX), K1, Z26 \
	VMOVUPS.Z 64(DX), K2, Z27 \
	VADDPS s0, Z26, Z26 \
	VADDPS s1, Z27, Z27 \
	VMOVUPS Z26, K1, (DX) \
	VMOVUPS Z27, K2, 64(DX) \
	ADDQ AX, DX

// INTO16 adds 16 sums to those of a kernel element, AX bytes before the next.
#define INTO16(s0) \
	VMOVUPS.Z (DX), K1, Z26 \
	VADDPS s0, Z26, Z26 \
	VMOVUPS Z26, K1, (DX) \
	ADDQ AX, DX

// func conv8x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv8x32AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	ZERO16

row: // for range rows
	MOVQ SI, AX
	LEAQ (SI)(R11*4), BX // pixels 4 to 7
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k]
	VMOVUPS 64(DI), Z25
	ADD32((AX), Z26, Z0, Z1) // s[0] += x[0*xStep+k]·w[k]
	ADD32((AX)(R11*1), Z27, Z2, Z3) // s[1] += x[1*xStep+k]·w[k]
	ADD32((AX)(R11*2), Z28, Z4, Z5) // s[2] += x[2*xStep+k]·w[k]
	ADD32((AX)(R13*1), Z29, Z6, Z7) // s[3] += x[3*xStep+k]·w[k]
	ADD32((BX), Z26, Z8, Z9) // s[4] += x[4*xStep+k]·w[k]
	ADD32((BX)(R11*1), Z27, Z10, Z11) // s[5] += x[5*xStep+k]·w[k]
	ADD32((BX)(R11*2), Z28, Z12, Z13) // s[6] += x[6*xStep+k]·w[k]
	ADD32((BX)(R13*1), Z29, Z14, Z15) // s[7] += x[7*xStep+k]·w[k]
	ADDQ $128, DI
	ADDQ $4, AX
	ADDQ $4, BX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT32(Z0, Z1) // y[0*yStep] = s[0]
	PUT32(Z2, Z3) // y[1*yStep] = s[1]
	PUT32(Z4, Z5) // y[2*yStep] = s[2]
	PUT32(Z6, Z7) // y[3*yStep] = s[3]
	PUT32(Z8, Z9) // y[4*yStep] = s[4]
	PUT32(Z10, Z11) // y[5*yStep] = s[5]
	PUT32(Z12, Z13) // y[6*yStep] = s[6]
	PUT32(Z14, Z15) // y[7*yStep] = s[7]
	VZEROUPPER
	RET


// func conv4x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv4x32AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	ZERO8

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k]
	VMOVUPS 64(DI), Z25
	ADD32((AX), Z26, Z0, Z1) // s[0] += x[0*xStep+k]·w[k]
	ADD32((AX)(R11*1), Z27, Z2, Z3) // s[1] += x[1*xStep+k]·w[k]
	ADD32((AX)(R11*2), Z28, Z4, Z5) // s[2] += x[2*xStep+k]·w[k]
	ADD32((AX)(R13*1), Z29, Z6, Z7) // s[3] += x[3*xStep+k]·w[k]
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT32(Z0, Z1) // y[0*yStep] = s[0]
	PUT32(Z2, Z3) // y[1*yStep] = s[1]
	PUT32(Z4, Z5) // y[2*yStep] = s[2]
	PUT32(Z6, Z7) // y[3*yStep] = s[3]
	VZEROUPPER
	RET


// func conv1x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv1x32AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	ZERO2

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k]
	VMOVUPS 64(DI), Z25
	ADD32((AX), Z26, Z0, Z1) // s[0] += x[0*xStep+k]·w[k]
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT32(Z0, Z1) // y[0*yStep] = s[0]
	VZEROUPPER
	RET


// func conv16x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv16x16AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	LEAQ (R11)(R11*4), DX // 5 xStep
	LEAQ (R13)(R11*4), R12 // 7 xStep
	ZERO16

row: // for range rows
	MOVQ SI, AX
	LEAQ (SI)(R11*1), BX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k]
	ADD16((AX), Z26, Z0) // s[0] += x[0*xStep+k]·w[k]
	ADD16((AX)(R11*1), Z27, Z1) // s[1] += x[1*xStep+k]·w[k]
	ADD16((AX)(R11*2), Z28, Z2) // s[2] += x[2*xStep+k]·w[k]
	ADD16((AX)(R13*1), Z29, Z3) // s[3] += x[3*xStep+k]·w[k]
	ADD16((AX)(R11*4), Z26, Z4) // s[4] += x[4*xStep+k]·w[k]
	ADD16((AX)(DX*1), Z27, Z5) // s[5] += x[5*xStep+k]·w[k]
	ADD16((AX)(R13*2), Z28, Z6) // s[6] += x[6*xStep+k]·w[k]
	ADD16((AX)(R12*1), Z29, Z7) // s[7] += x[7*xStep+k]·w[k]
	ADD16((AX)(R11*8), Z26, Z8) // s[8] += x[8*xStep+k]·w[k]
	ADD16((BX)(R11*8), Z27, Z9) // s[9] += x[9*xStep+k]·w[k]
	ADD16((AX)(DX*2), Z28, Z10) // s[10] += x[10*xStep+k]·w[k]
	ADD16((BX)(DX*2), Z29, Z11) // s[11] += x[11*xStep+k]·w[k]
	ADD16((AX)(R13*4), Z26, Z12) // s[12] += x[12*xStep+k]·w[k]
	ADD16((BX)(R13*4), Z27, Z13) // s[13] += x[13*xStep+k]·w[k]
	ADD16((AX)(R12*2), Z28, Z14) // s[14] += x[14*xStep+k]·w[k]
	ADD16((BX)(R12*2), Z29, Z15) // s[15] += x[15*xStep+k]·w[k]
	ADDQ $128, DI
	ADDQ $4, AX
	ADDQ $4, BX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	MOVQ y+16(FP), DX
	MOVQ yStep+56(FP), R12
	SHLQ $2, R12
	PUT16(Z0) // y[0*yStep] = s[0]
	PUT16(Z1) // y[1*yStep] = s[1]
	PUT16(Z2) // y[2*yStep] = s[2]
	PUT16(Z3) // y[3*yStep] = s[3]
	PUT16(Z4) // y[4*yStep] = s[4]
	PUT16(Z5) // y[5*yStep] = s[5]
	PUT16(Z6) // y[6*yStep] = s[6]
	PUT16(Z7) // y[7*yStep] = s[7]
	PUT16(Z8) // y[8*yStep] = s[8]
	PUT16(Z9) // y[9*yStep] = s[9]
	PUT16(Z10) // y[10*yStep] = s[10]
	PUT16(Z11) // y[11*yStep] = s[11]
	PUT16(Z12) // y[12*yStep] = s[12]
	PUT16(Z13) // y[13*yStep] = s[13]
	PUT16(Z14) // y[14*yStep] = s[14]
	PUT16(Z15) // y[15*yStep] = s[15]
	VZEROUPPER
	RET


// func conv8x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv8x16AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	ZERO8

row: // for range rows
	MOVQ SI, AX
	LEAQ (SI)(R11*4), BX // pixels 4 to 7
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k]
	ADD16((AX), Z26, Z0) // s[0] += x[0*xStep+k]·w[k]
	ADD16((AX)(R11*1), Z27, Z1) // s[1] += x[1*xStep+k]·w[k]
	ADD16((AX)(R11*2), Z28, Z2) // s[2] += x[2*xStep+k]·w[k]
	ADD16((AX)(R13*1), Z29, Z3) // s[3] += x[3*xStep+k]·w[k]
	ADD16((BX), Z26, Z4) // s[4] += x[4*xStep+k]·w[k]
	ADD16((BX)(R11*1), Z27, Z5) // s[5] += x[5*xStep+k]·w[k]
	ADD16((BX)(R11*2), Z28, Z6) // s[6] += x[6*xStep+k]·w[k]
	ADD16((BX)(R13*1), Z29, Z7) // s[7] += x[7*xStep+k]·w[k]
	ADDQ $128, DI
	ADDQ $4, AX
	ADDQ $4, BX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT16(Z0) // y[0*yStep] = s[0]
	PUT16(Z1) // y[1*yStep] = s[1]
	PUT16(Z2) // y[2*yStep] = s[2]
	PUT16(Z3) // y[3*yStep] = s[3]
	PUT16(Z4) // y[4*yStep] = s[4]
	PUT16(Z5) // y[5*yStep] = s[5]
	PUT16(Z6) // y[6*yStep] = s[6]
	PUT16(Z7) // y[7*yStep] = s[7]
	VZEROUPPER
	RET


// func conv4x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv4x16AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	ZERO4

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k]
	ADD16((AX), Z26, Z0) // s[0] += x[0*xStep+k]·w[k]
	ADD16((AX)(R11*1), Z27, Z1) // s[1] += x[1*xStep+k]·w[k]
	ADD16((AX)(R11*2), Z28, Z2) // s[2] += x[2*xStep+k]·w[k]
	ADD16((AX)(R13*1), Z29, Z3) // s[3] += x[3*xStep+k]·w[k]
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT16(Z0) // y[0*yStep] = s[0]
	PUT16(Z1) // y[1*yStep] = s[1]
	PUT16(Z2) // y[2*yStep] = s[2]
	PUT16(Z3) // y[3*yStep] = s[3]
	VZEROUPPER
	RET


// func conv1x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)
TEXT ·conv1x16AVX512(SB), NOSPLIT, $0-68
	CONV_ARGS
	ZERO1

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Z24 // w[k]
	ADD16((AX), Z26, Z0) // s[0] += x[0*xStep+k]·w[k]
	ADDQ $128, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT16(Z0) // y[0*yStep] = s[0]
	VZEROUPPER
	RET


// func outer8x32AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)
TEXT ·outer8x32AVX512(SB), NOSPLIT, $0-108
	OUTER_ARGS
	ZERO16

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d
	VMOVUPS.Z 64(BX), K2, Z25
	ADD32((AX), Z26, Z0, Z1) // s[0] += x[0]·d
	ADD32(4(AX), Z27, Z2, Z3) // s[1] += x[1]·d
	ADD32(8(AX), Z28, Z4, Z5) // s[2] += x[2]·d
	ADD32(12(AX), Z29, Z6, Z7) // s[3] += x[3]·d
	ADD32(16(AX), Z26, Z8, Z9) // s[4] += x[4]·d
	ADD32(20(AX), Z27, Z10, Z11) // s[5] += x[5]·d
	ADD32(24(AX), Z28, Z12, Z13) // s[6] += x[6]·d
	ADD32(28(AX), Z29, Z14, Z15) // s[7] += x[7]·d
	ADDQ R11, AX // x += xStep
	ADDQ R13, BX // d += dStep
	DECQ CX
	JNZ  pixel

	ADDQ R10, SI // x += xRow
	ADDQ R12, DI // d += dRow
	DECQ R8
	JNZ  row

	OUTER_NEXT // for range images
	JNZ  row

	MOVQ sumStep+96(FP), AX
	SHLQ $2, AX
	INTO32(Z0, Z1) // sum[0*sumStep] += s[0]
	INTO32(Z2, Z3) // sum[1*sumStep] += s[1]
	INTO32(Z4, Z5) // sum[2*sumStep] += s[2]
	INTO32(Z6, Z7) // sum[3*sumStep] += s[3]
	INTO32(Z8, Z9) // sum[4*sumStep] += s[4]
	INTO32(Z10, Z11) // sum[5*sumStep] += s[5]
	INTO32(Z12, Z13) // sum[6*sumStep] += s[6]
	INTO32(Z14, Z15) // sum[7*sumStep] += s[7]
	VZEROUPPER
	RET


// func outer1x32AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)
TEXT ·outer1x32AVX512(SB), NOSPLIT, $0-108
	OUTER_ARGS
	ZERO2

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d
	VMOVUPS.Z 64(BX), K2, Z25
	ADD32((AX), Z26, Z0, Z1) // s[0] += x[0]·d
	ADDQ R11, AX // x += xStep
	ADDQ R13, BX // d += dStep
	DECQ CX
	JNZ  pixel

	ADDQ R10, SI // x += xRow
	ADDQ R12, DI // d += dRow
	DECQ R8
	JNZ  row

	OUTER_NEXT // for range images
	JNZ  row

	MOVQ sumStep+96(FP), AX
	SHLQ $2, AX
	INTO32(Z0, Z1) // sum[0*sumStep] += s[0]
	VZEROUPPER
	RET


// func outer16x16AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)
TEXT ·outer16x16AVX512(SB), NOSPLIT, $0-108
	OUTER_ARGS
	ZERO16

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d
	ADD16((AX), Z26, Z0) // s[0] += x[0]·d
	ADD16(4(AX), Z27, Z1) // s[1] += x[1]·d
	ADD16(8(AX), Z28, Z2) // s[2] += x[2]·d
	ADD16(12(AX), Z29, Z3) // s[3] += x[3]·d
	ADD16(16(AX), Z26, Z4) // s[4] += x[4]·d
	ADD16(20(AX), Z27, Z5) // s[5] += x[5]·d
	ADD16(24(AX), Z28, Z6) // s[6] += x[6]·d
	ADD16(28(AX), Z29, Z7) // s[7] += x[7]·d
	ADD16(32(AX), Z26, Z8) // s[8] += x[8]·d
	ADD16(36(AX), Z27, Z9) // s[9] += x[9]·d
	ADD16(40(AX), Z28, Z10) // s[10] += x[10]·d
	ADD16(44(AX), Z29, Z11) // s[11] += x[11]·d
	ADD16(48(AX), Z26, Z12) // s[12] += x[12]·d
	ADD16(52(AX), Z27, Z13) // s[13] += x[13]·d
	ADD16(56(AX), Z28, Z14) // s[14] += x[14]·d
	ADD16(60(AX), Z29, Z15) // s[15] += x[15]·d
	ADDQ R11, AX // x += xStep
	ADDQ R13, BX // d += dStep
	DECQ CX
	JNZ  pixel

	ADDQ R10, SI // x += xRow
	ADDQ R12, DI // d += dRow
	DECQ R8
	JNZ  row

	OUTER_NEXT // for range images
	JNZ  row

	MOVQ sumStep+96(FP), AX
	SHLQ $2, AX
	INTO16(Z0) // sum[0*sumStep] += s[0]
	INTO16(Z1) // sum[1*sumStep] += s[1]
	INTO16(Z2) // sum[2*sumStep] += s[2]
	INTO16(Z3) // sum[3*sumStep] += s[3]
	INTO16(Z4) // sum[4*sumStep] += s[4]
	INTO16(Z5) // sum[5*sumStep] += s[5]
	INTO16(Z6) // sum[6*sumStep] += s[6]
	INTO16(Z7) // sum[7*sumStep] += s[7]
	INTO16(Z8) // sum[8*sumStep] += s[8]
	INTO16(Z9) // sum[9*sumStep] += s[9]
	INTO16(Z10) // sum[10*sumStep] += s[10]
	INTO16(Z11) // sum[11*sumStep] += s[11]
	INTO16(Z12) // sum[12*sumStep] += s[12]
	INTO16(Z13) // sum[13*sumStep] += s[13]
	INTO16(Z14) // sum[14*sumStep] += s[14]
	INTO16(Z15) // sum[15*sumStep] += s[15]
	VZEROUPPER
	RET


// func outer8x16AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)
TEXT ·outer8x16AVX512(SB), NOSPLIT, $0-108
	OUTER_ARGS
	ZERO8

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d
	ADD16((AX), Z26, Z0) // s[0] += x[0]·d
	ADD16(4(AX), Z27, Z1) // s[1] += x[1]·d
	ADD16(8(AX), Z28, Z2) // s[2] += x[2]·d
	ADD16(12(AX), Z29, Z3) // s[3] += x[3]·d
	ADD16(16(AX), Z26, Z4) // s[4] += x[4]·d
	ADD16(20(AX), Z27, Z5) // s[5] += x[5]·d
	ADD16(24(AX), Z28, Z6) // s[6] += x[6]·d
	ADD16(28(AX), Z29, Z7) // s[7] += x[7]·d
	ADDQ R11, AX // x += xStep
	ADDQ R13, BX // d += dStep
	DECQ CX
	JNZ  pixel

	ADDQ R10, SI // x += xRow
	ADDQ R12, DI // d += dRow
	DECQ R8
	JNZ  row

	OUTER_NEXT // for range images
	JNZ  row

	MOVQ sumStep+96(FP), AX
	SHLQ $2, AX
	INTO16(Z0) // sum[0*sumStep] += s[0]
	INTO16(Z1) // sum[1*sumStep] += s[1]
	INTO16(Z2) // sum[2*sumStep] += s[2]
	INTO16(Z3) // sum[3*sumStep] += s[3]
	INTO16(Z4) // sum[4*sumStep] += s[4]
	INTO16(Z5) // sum[5*sumStep] += s[5]
	INTO16(Z6) // sum[6*sumStep] += s[6]
	INTO16(Z7) // sum[7*sumStep] += s[7]
	VZEROUPPER
	RET


// func outer1x16AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)
TEXT ·outer1x16AVX512(SB), NOSPLIT, $0-108
	OUTER_ARGS
	ZERO1

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS.Z (BX), K1, Z24 // d
	ADD16((AX), Z26, Z0) // s[0] += x[0]·d
	ADDQ R11, AX // x += xStep
	ADDQ R13, BX // d += dStep
	DECQ CX
	JNZ  pixel

	ADDQ R10, SI // x += xRow
	ADDQ R12, DI // d += dRow
	DECQ R8
	JNZ  row

	OUTER_NEXT // for range images
	JNZ  row

	MOVQ sumStep+96(FP), AX
	SHLQ $2, AX
	INTO16(Z0) // sum[0*sumStep] += s[0]
	VZEROUPPER
	RET

