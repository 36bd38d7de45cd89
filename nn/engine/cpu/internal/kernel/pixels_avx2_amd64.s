//go:build amd64 && !purego

#include "textflag.h"

// The sums, parameters and pixels of 16 or 8 channels. Element by element, n
// is a multiple of 16.

// func sum16AVX2(x, s *float32, pixels, step int)
//
//	for range pixels { s += x; x = x[step:] }
TEXT ·sum16AVX2(SB), NOSPLIT, $0-32
	MOVQ pixels+16(FP), CX
	MOVQ step+24(FP), R8
	SHLQ $2, R8
	MOVQ x+0(FP), DI
	MOVQ s+8(FP), AX
	VMOVUPS (AX), Y0
	VMOVUPS 32(AX), Y1

pixel: // for range pixels
	VMOVUPS (DI), Y2
	VADDPS Y2, Y0, Y0
	VMOVUPS 32(DI), Y4
	VADDPS Y4, Y1, Y1
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+8(FP), AX
	VMOVUPS Y0, (AX)
	VMOVUPS Y1, 32(AX)
	VZEROUPPER
	RET

// func sum8AVX2(x, s *float32, pixels, step int)
//
//	for range pixels { s += x; x = x[step:] }
TEXT ·sum8AVX2(SB), NOSPLIT, $0-32
	MOVQ pixels+16(FP), CX
	MOVQ step+24(FP), R8
	SHLQ $2, R8
	MOVQ x+0(FP), DI
	MOVQ s+8(FP), AX
	VMOVUPS (AX), Y0

pixel: // for range pixels
	VMOVUPS (DI), Y1
	VADDPS Y1, Y0, Y0
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+8(FP), AX
	VMOVUPS Y0, (AX)
	VZEROUPPER
	RET

// func deviate16AVX2(x, c, s, q *float32, pixels, step int)
//
//	for range pixels { s += x-c; q += (x-c)²; x = x[step:] }
TEXT ·deviate16AVX2(SB), NOSPLIT, $0-48
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVQ x+0(FP), DI
	MOVQ c+8(FP), AX
	VMOVUPS (AX), Y0
	VMOVUPS 32(AX), Y1
	MOVQ s+16(FP), AX
	VMOVUPS (AX), Y2
	VMOVUPS 32(AX), Y3
	MOVQ q+24(FP), AX
	VMOVUPS (AX), Y4
	VMOVUPS 32(AX), Y5

pixel: // for range pixels
	VMOVUPS (DI), Y6
	VSUBPS Y0, Y6, Y6
	VADDPS Y6, Y2, Y2
	VFMADD231PS Y6, Y6, Y4
	VMOVUPS 32(DI), Y8
	VSUBPS Y1, Y8, Y8
	VADDPS Y8, Y3, Y3
	VFMADD231PS Y8, Y8, Y5
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+16(FP), AX
	VMOVUPS Y2, (AX)
	VMOVUPS Y3, 32(AX)
	MOVQ q+24(FP), AX
	VMOVUPS Y4, (AX)
	VMOVUPS Y5, 32(AX)
	VZEROUPPER
	RET

// func deviate8AVX2(x, c, s, q *float32, pixels, step int)
//
//	for range pixels { s += x-c; q += (x-c)²; x = x[step:] }
TEXT ·deviate8AVX2(SB), NOSPLIT, $0-48
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVQ x+0(FP), DI
	MOVQ c+8(FP), AX
	VMOVUPS (AX), Y0
	MOVQ s+16(FP), AX
	VMOVUPS (AX), Y1
	MOVQ q+24(FP), AX
	VMOVUPS (AX), Y2

pixel: // for range pixels
	VMOVUPS (DI), Y3
	VSUBPS Y0, Y3, Y3
	VADDPS Y3, Y1, Y1
	VFMADD231PS Y3, Y3, Y2
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+16(FP), AX
	VMOVUPS Y1, (AX)
	MOVQ q+24(FP), AX
	VMOVUPS Y2, (AX)
	VZEROUPPER
	RET

// func product16AVX2(d, x, c, s, q *float32, pixels, step int)
//
//	for range pixels { s += d; q += d·(x-c); d, x = d[step:], x[step:] }
TEXT ·product16AVX2(SB), NOSPLIT, $0-56
	MOVQ pixels+40(FP), CX
	MOVQ step+48(FP), R8
	SHLQ $2, R8
	MOVQ d+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS (AX), Y0
	VMOVUPS 32(AX), Y1
	MOVQ s+24(FP), AX
	VMOVUPS (AX), Y2
	VMOVUPS 32(AX), Y3
	MOVQ q+32(FP), AX
	VMOVUPS (AX), Y4
	VMOVUPS 32(AX), Y5

pixel: // for range pixels
	VMOVUPS (DI), Y6
	VMOVUPS (SI), Y7
	VADDPS Y6, Y2, Y2
	VSUBPS Y0, Y7, Y7
	VFMADD231PS Y6, Y7, Y4
	VMOVUPS 32(DI), Y8
	VMOVUPS 32(SI), Y9
	VADDPS Y8, Y3, Y3
	VSUBPS Y1, Y9, Y9
	VFMADD231PS Y8, Y9, Y5
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	MOVQ s+24(FP), AX
	VMOVUPS Y2, (AX)
	VMOVUPS Y3, 32(AX)
	MOVQ q+32(FP), AX
	VMOVUPS Y4, (AX)
	VMOVUPS Y5, 32(AX)
	VZEROUPPER
	RET

// func product8AVX2(d, x, c, s, q *float32, pixels, step int)
//
//	for range pixels { s += d; q += d·(x-c); d, x = d[step:], x[step:] }
TEXT ·product8AVX2(SB), NOSPLIT, $0-56
	MOVQ pixels+40(FP), CX
	MOVQ step+48(FP), R8
	SHLQ $2, R8
	MOVQ d+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS (AX), Y0
	MOVQ s+24(FP), AX
	VMOVUPS (AX), Y1
	MOVQ q+32(FP), AX
	VMOVUPS (AX), Y2

pixel: // for range pixels
	VMOVUPS (DI), Y3
	VMOVUPS (SI), Y4
	VADDPS Y3, Y1, Y1
	VSUBPS Y0, Y4, Y4
	VFMADD231PS Y3, Y4, Y2
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	MOVQ s+24(FP), AX
	VMOVUPS Y1, (AX)
	MOVQ q+32(FP), AX
	VMOVUPS Y2, (AX)
	VZEROUPPER
	RET

// func normalise16AVX2(y, x, c, r *float32, pixels, step int)
//
//	for range pixels { y = (x-c)·r; x, y = x[step:], y[step:] }
TEXT ·normalise16AVX2(SB), NOSPLIT, $0-48
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS (AX), Y0
	VMOVUPS 32(AX), Y1
	MOVQ r+24(FP), AX
	VMOVUPS (AX), Y2
	VMOVUPS 32(AX), Y3

pixel: // for range pixels
	VMOVUPS (SI), Y4
	VSUBPS Y0, Y4, Y4
	VMULPS Y2, Y4, Y4
	VMOVUPS Y4, (DI)
	VMOVUPS 32(SI), Y6
	VSUBPS Y1, Y6, Y6
	VMULPS Y3, Y6, Y6
	VMOVUPS Y6, 32(DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func normalise8AVX2(y, x, c, r *float32, pixels, step int)
//
//	for range pixels { y = (x-c)·r; x, y = x[step:], y[step:] }
TEXT ·normalise8AVX2(SB), NOSPLIT, $0-48
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS (AX), Y0
	MOVQ r+24(FP), AX
	VMOVUPS (AX), Y1

pixel: // for range pixels
	VMOVUPS (SI), Y2
	VSUBPS Y0, Y2, Y2
	VMULPS Y1, Y2, Y2
	VMOVUPS Y2, (DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func apply16AVX2(y, d, x, c, r, slope, shift *float32, pixels, step int)
//
//	for range pixels { y = r·d - shift - (x-c)·slope; y, d, x = y[step:], d[step:], x[step:] }
TEXT ·apply16AVX2(SB), NOSPLIT, $0-72
	MOVQ pixels+56(FP), CX
	MOVQ step+64(FP), R8
	SHLQ $2, R8
	MOVQ y+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ x+16(FP), DX
	MOVQ c+24(FP), AX
	VMOVUPS (AX), Y0
	VMOVUPS 32(AX), Y1
	MOVQ r+32(FP), AX
	VMOVUPS (AX), Y2
	VMOVUPS 32(AX), Y3
	MOVQ slope+40(FP), AX
	VMOVUPS (AX), Y4
	VMOVUPS 32(AX), Y5
	MOVQ shift+48(FP), AX
	VMOVUPS (AX), Y6
	VMOVUPS 32(AX), Y7

pixel: // for range pixels
	VMOVUPS (SI), Y8
	VMOVUPS (DX), Y9
	VFMSUB213PS Y6, Y2, Y8
	VSUBPS Y0, Y9, Y9
	VFNMADD231PS Y4, Y9, Y8
	VMOVUPS Y8, (DI)
	VMOVUPS 32(SI), Y10
	VMOVUPS 32(DX), Y11
	VFMSUB213PS Y7, Y3, Y10
	VSUBPS Y1, Y11, Y11
	VFNMADD231PS Y5, Y11, Y10
	VMOVUPS Y10, 32(DI)
	ADDQ R8, DI
	ADDQ R8, SI
	ADDQ R8, DX
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func apply8AVX2(y, d, x, c, r, slope, shift *float32, pixels, step int)
//
//	for range pixels { y = r·d - shift - (x-c)·slope; y, d, x = y[step:], d[step:], x[step:] }
TEXT ·apply8AVX2(SB), NOSPLIT, $0-72
	MOVQ pixels+56(FP), CX
	MOVQ step+64(FP), R8
	SHLQ $2, R8
	MOVQ y+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ x+16(FP), DX
	MOVQ c+24(FP), AX
	VMOVUPS (AX), Y0
	MOVQ r+32(FP), AX
	VMOVUPS (AX), Y1
	MOVQ slope+40(FP), AX
	VMOVUPS (AX), Y2
	MOVQ shift+48(FP), AX
	VMOVUPS (AX), Y3

pixel: // for range pixels
	VMOVUPS (SI), Y4
	VMOVUPS (DX), Y5
	VFMSUB213PS Y3, Y1, Y4
	VSUBPS Y0, Y5, Y5
	VFNMADD231PS Y2, Y5, Y4
	VMOVUPS Y4, (DI)
	ADDQ R8, DI
	ADDQ R8, SI
	ADDQ R8, DX
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func scale16AVX2(y, x, gain, shift *float32, pixels, step int)
//
//	for range pixels { y = x·gain + shift; x, y = x[step:], y[step:] }
TEXT ·scale16AVX2(SB), NOSPLIT, $0-48
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ gain+16(FP), AX
	VMOVUPS (AX), Y0
	VMOVUPS 32(AX), Y1
	MOVQ shift+24(FP), AX
	VMOVUPS (AX), Y2
	VMOVUPS 32(AX), Y3

pixel: // for range pixels
	VMOVUPS (SI), Y4
	VFMADD213PS Y2, Y0, Y4
	VMOVUPS Y4, (DI)
	VMOVUPS 32(SI), Y6
	VFMADD213PS Y3, Y1, Y6
	VMOVUPS Y6, 32(DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func scale8AVX2(y, x, gain, shift *float32, pixels, step int)
//
//	for range pixels { y = x·gain + shift; x, y = x[step:], y[step:] }
TEXT ·scale8AVX2(SB), NOSPLIT, $0-48
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ gain+16(FP), AX
	VMOVUPS (AX), Y0
	MOVQ shift+24(FP), AX
	VMOVUPS (AX), Y1

pixel: // for range pixels
	VMOVUPS (SI), Y2
	VFMADD213PS Y1, Y0, Y2
	VMOVUPS Y2, (DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func rectifyAVX2(y, x *float32, n int)
//
//	for i := range n { y[i] = max(x[i], 0) }
TEXT ·rectifyAVX2(SB), NOSPLIT, $0-24
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VXORPS Y0, Y0, Y0

elements: // for ; n > 0; n -= 16
	VMAXPS (SI), Y0, Y4 // NaN where x is
	VMOVUPS Y4, (DI)
	VMAXPS 32(SI), Y0, Y8 // NaN where x is
	VMOVUPS Y8, 32(DI)
	ADDQ $64, DI
	ADDQ $64, SI
	SUBQ $16, CX
	JNZ  elements
	VZEROUPPER
	RET

// func rectifyGradAVX2(to, d, y *float32, n int)
//
//	for i := range n { to[i] = d[i] · (1 where y[i] > 0, else 0) }
TEXT ·rectifyGradAVX2(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ y+16(FP), DX
	MOVQ n+24(FP), CX
	VXORPS Y0, Y0, Y0
	MOVL $0x3f800000, AX // 1
	MOVQ AX, X1
	VBROADCASTSS X1, Y1

elements: // for ; n > 0; n -= 16
	VCMPPS $0x11, (DX), Y0, Y4 // 0 < y
	VANDPS Y1, Y4, Y4
	VMULPS (SI), Y4, Y4
	VMOVUPS Y4, (DI)
	VCMPPS $0x11, 32(DX), Y0, Y8 // 0 < y
	VANDPS Y1, Y8, Y8
	VMULPS 32(SI), Y8, Y8
	VMOVUPS Y8, 32(DI)
	ADDQ $64, DI
	ADDQ $64, SI
	ADDQ $64, DX
	SUBQ $16, CX
	JNZ  elements
	VZEROUPPER
	RET

// func addAVX2(y, a, b *float32, n int)
//
//	for i := range n { y[i] = a[i] + b[i] }
TEXT ·addAVX2(SB), NOSPLIT, $0-32
	MOVQ y+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ n+24(FP), CX

elements: // for ; n > 0; n -= 16
	VMOVUPS (SI), Y4
	VADDPS (DX), Y4, Y4
	VMOVUPS Y4, (DI)
	VMOVUPS 32(SI), Y8
	VADDPS 32(DX), Y8, Y8
	VMOVUPS Y8, 32(DI)
	ADDQ $64, DI
	ADDQ $64, SI
	ADDQ $64, DX
	SUBQ $16, CX
	JNZ  elements
	VZEROUPPER
	RET
