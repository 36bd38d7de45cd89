//go:build amd64 && !purego

#include "textflag.h"

// Convolution and Outer for a block of 6, 4 or 1 pixels, or kernel elements, by 16
// channels. Y0 to Y11 are the sums. There are no masks: some processors take tens
// of cycles for a masked load or store.

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
	LEAQ (R11)(R11*2), R13 // 3 xStep

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
	SHLQ $2, R13

// OUTER_NEXT goes on to the next image, where there is one: what is left of the
// present one, in bytes, lies between.
#define OUTER_NEXT \
	ADDQ xRest+80(FP), SI \
	ADDQ dRest+88(FP), DI \
	MOVQ rows+32(FP), R8 \
	DECQ images+24(FP)

// ZERO2 clears 2 sums.
#define ZERO2 \
	VXORPS Y0, Y0, Y0 \
	VXORPS Y1, Y1, Y1

// ZERO8 clears 8 sums.
#define ZERO8 \
	ZERO2 \
	VXORPS Y2, Y2, Y2 \
	VXORPS Y3, Y3, Y3 \
	VXORPS Y4, Y4, Y4 \
	VXORPS Y5, Y5, Y5 \
	VXORPS Y6, Y6, Y6 \
	VXORPS Y7, Y7, Y7

// ZERO12 clears 12 sums.
#define ZERO12 \
	ZERO8 \
	VXORPS Y8, Y8, Y8 \
	VXORPS Y9, Y9, Y9 \
	VXORPS Y10, Y10, Y10 \
	VXORPS Y11, Y11, Y11

// ADD16 adds the element at x times 16 channels: s0 += x·Y12, s1 += x·Y13.
#define ADD16(x, t, s0, s1) \
	VBROADCASTSS x, t \
	VFMADD231PS Y12, t, s0 \
	VFMADD231PS Y13, t, s1

// PUT16 stores 16 sums of a pixel and goes on to the next.
#define PUT16(s0, s1) \
	VMOVUPS s0, (DX) \
	VMOVUPS s1, 32(DX) \
	ADDQ R12, DX

// INTO16 adds 16 sums to those of a kernel element, AX bytes before the next.
#define INTO16(s0, s1) \
	VADDPS (DX), s0, s0 \
	VADDPS 32(DX), s1, s1 \
	VMOVUPS s0, (DX) \
	VMOVUPS s1, 32(DX) \
	ADDQ AX, DX

// func conv6x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int)
TEXT ·conv6x16AVX2(SB), NOSPLIT, $0-64
	CONV_ARGS
	LEAQ (R11)(R11*4), BX // 5 xStep
	ZERO12

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Y12 // w[k]
	VMOVUPS 32(DI), Y13
	ADD16((AX), Y14, Y0, Y1) // s[0] += x[0*xStep+k]·w[k]
	ADD16((AX)(R11*1), Y15, Y2, Y3) // s[1] += x[1*xStep+k]·w[k]
	ADD16((AX)(R11*2), Y14, Y4, Y5) // s[2] += x[2*xStep+k]·w[k]
	ADD16((AX)(R13*1), Y15, Y6, Y7) // s[3] += x[3*xStep+k]·w[k]
	ADD16((AX)(R11*4), Y14, Y8, Y9) // s[4] += x[4*xStep+k]·w[k]
	ADD16((AX)(BX*1), Y15, Y10, Y11) // s[5] += x[5*xStep+k]·w[k]
	ADDQ $64, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT16(Y0, Y1) // y[0*yStep] = s[0]
	PUT16(Y2, Y3) // y[1*yStep] = s[1]
	PUT16(Y4, Y5) // y[2*yStep] = s[2]
	PUT16(Y6, Y7) // y[3*yStep] = s[3]
	PUT16(Y8, Y9) // y[4*yStep] = s[4]
	PUT16(Y10, Y11) // y[5*yStep] = s[5]
	VZEROUPPER
	RET

// func conv4x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int)
TEXT ·conv4x16AVX2(SB), NOSPLIT, $0-64
	CONV_ARGS
	ZERO8

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Y12 // w[k]
	VMOVUPS 32(DI), Y13
	ADD16((AX), Y14, Y0, Y1) // s[0] += x[0*xStep+k]·w[k]
	ADD16((AX)(R11*1), Y15, Y2, Y3) // s[1] += x[1*xStep+k]·w[k]
	ADD16((AX)(R11*2), Y14, Y4, Y5) // s[2] += x[2*xStep+k]·w[k]
	ADD16((AX)(R13*1), Y15, Y6, Y7) // s[3] += x[3*xStep+k]·w[k]
	ADDQ $64, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT16(Y0, Y1) // y[0*yStep] = s[0]
	PUT16(Y2, Y3) // y[1*yStep] = s[1]
	PUT16(Y4, Y5) // y[2*yStep] = s[2]
	PUT16(Y6, Y7) // y[3*yStep] = s[3]
	VZEROUPPER
	RET

// func conv1x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int)
TEXT ·conv1x16AVX2(SB), NOSPLIT, $0-64
	CONV_ARGS
	ZERO2

row: // for range rows
	MOVQ SI, AX
	MOVQ R9, CX

element: // for k := range run
	VMOVUPS (DI), Y12 // w[k]
	VMOVUPS 32(DI), Y13
	ADD16((AX), Y14, Y0, Y1) // s[0] += x[0*xStep+k]·w[k]
	ADDQ $64, DI
	ADDQ $4, AX
	DECQ CX
	JNZ  element

	ADDQ R10, SI // x += xRow
	DECQ R8
	JNZ  row

	PUT16(Y0, Y1) // y[0*yStep] = s[0]
	VZEROUPPER
	RET

// func outer6x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int)
TEXT ·outer6x16AVX2(SB), NOSPLIT, $0-104
	OUTER_ARGS
	ZERO12

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS (BX), Y12 // d
	VMOVUPS 32(BX), Y13
	ADD16((AX), Y14, Y0, Y1) // s[0] += x[0]·d
	ADD16(4(AX), Y15, Y2, Y3) // s[1] += x[1]·d
	ADD16(8(AX), Y14, Y4, Y5) // s[2] += x[2]·d
	ADD16(12(AX), Y15, Y6, Y7) // s[3] += x[3]·d
	ADD16(16(AX), Y14, Y8, Y9) // s[4] += x[4]·d
	ADD16(20(AX), Y15, Y10, Y11) // s[5] += x[5]·d
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
	INTO16(Y0, Y1) // sum[0*sumStep] += s[0]
	INTO16(Y2, Y3) // sum[1*sumStep] += s[1]
	INTO16(Y4, Y5) // sum[2*sumStep] += s[2]
	INTO16(Y6, Y7) // sum[3*sumStep] += s[3]
	INTO16(Y8, Y9) // sum[4*sumStep] += s[4]
	INTO16(Y10, Y11) // sum[5*sumStep] += s[5]
	VZEROUPPER
	RET

// func outer4x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int)
TEXT ·outer4x16AVX2(SB), NOSPLIT, $0-104
	OUTER_ARGS
	ZERO8

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS (BX), Y12 // d
	VMOVUPS 32(BX), Y13
	ADD16((AX), Y14, Y0, Y1) // s[0] += x[0]·d
	ADD16(4(AX), Y15, Y2, Y3) // s[1] += x[1]·d
	ADD16(8(AX), Y14, Y4, Y5) // s[2] += x[2]·d
	ADD16(12(AX), Y15, Y6, Y7) // s[3] += x[3]·d
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
	INTO16(Y0, Y1) // sum[0*sumStep] += s[0]
	INTO16(Y2, Y3) // sum[1*sumStep] += s[1]
	INTO16(Y4, Y5) // sum[2*sumStep] += s[2]
	INTO16(Y6, Y7) // sum[3*sumStep] += s[3]
	VZEROUPPER
	RET

// func outer1x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int)
TEXT ·outer1x16AVX2(SB), NOSPLIT, $0-104
	OUTER_ARGS
	ZERO2

row: // for range rows
	MOVQ SI, AX
	MOVQ DI, BX
	MOVQ R9, CX

pixel: // for range pixels
	VMOVUPS (BX), Y12 // d
	VMOVUPS 32(BX), Y13
	ADD16((AX), Y14, Y0, Y1) // s[0] += x[0]·d
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
	INTO16(Y0, Y1) // sum[0*sumStep] += s[0]
	VZEROUPPER
	RET
