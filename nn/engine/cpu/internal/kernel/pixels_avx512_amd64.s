//go:build amd64 && !purego

#include "textflag.h"

// The sums, parameters and pixels of 32 or 16 channels; bit o of mask says that
// channel o is there. Element by element, n is a multiple of 32.

// func sum32AVX512(x, s *float32, pixels, step int, mask uint32)
//
//	for range pixels { s += x; x = x[step:] }
TEXT ·sum32AVX512(SB), NOSPLIT, $0-36
	MOVQ pixels+16(FP), CX
	MOVQ step+24(FP), R8
	SHLQ $2, R8
	MOVL mask+32(FP), AX
	KMOVW AX, K1
	SHRL $16, AX
	KMOVW AX, K2
	MOVQ x+0(FP), DI
	MOVQ s+8(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	VMOVUPS.Z 64(AX), K2, Z1

pixel: // for range pixels
	VMOVUPS.Z (DI), K1, Z2
	VADDPS Z2, Z0, Z0
	VMOVUPS.Z 64(DI), K2, Z4
	VADDPS Z4, Z1, Z1
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+8(FP), AX
	VMOVUPS Z0, K1, (AX)
	VMOVUPS Z1, K2, 64(AX)
	VZEROUPPER
	RET

// func sum16AVX512(x, s *float32, pixels, step int, mask uint32)
//
//	for range pixels { s += x; x = x[step:] }
TEXT ·sum16AVX512(SB), NOSPLIT, $0-36
	MOVQ pixels+16(FP), CX
	MOVQ step+24(FP), R8
	SHLQ $2, R8
	MOVL mask+32(FP), AX
	KMOVW AX, K1
	MOVQ x+0(FP), DI
	MOVQ s+8(FP), AX
	VMOVUPS.Z (AX), K1, Z0

pixel: // for range pixels
	VMOVUPS.Z (DI), K1, Z1
	VADDPS Z1, Z0, Z0
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+8(FP), AX
	VMOVUPS Z0, K1, (AX)
	VZEROUPPER
	RET

// func deviate32AVX512(x, c, s, q *float32, pixels, step int, mask uint32)
//
//	for range pixels { s += x-c; q += (x-c)²; x = x[step:] }
TEXT ·deviate32AVX512(SB), NOSPLIT, $0-52
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVL mask+48(FP), AX
	KMOVW AX, K1
	SHRL $16, AX
	KMOVW AX, K2
	MOVQ x+0(FP), DI
	MOVQ c+8(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	VMOVUPS.Z 64(AX), K2, Z1
	MOVQ s+16(FP), AX
	VMOVUPS.Z (AX), K1, Z2
	VMOVUPS.Z 64(AX), K2, Z3
	MOVQ q+24(FP), AX
	VMOVUPS.Z (AX), K1, Z4
	VMOVUPS.Z 64(AX), K2, Z5

pixel: // for range pixels
	VMOVUPS.Z (DI), K1, Z6
	VSUBPS Z0, Z6, Z6
	VADDPS Z6, Z2, Z2
	VFMADD231PS Z6, Z6, Z4
	VMOVUPS.Z 64(DI), K2, Z8
	VSUBPS Z1, Z8, Z8
	VADDPS Z8, Z3, Z3
	VFMADD231PS Z8, Z8, Z5
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+16(FP), AX
	VMOVUPS Z2, K1, (AX)
	VMOVUPS Z3, K2, 64(AX)
	MOVQ q+24(FP), AX
	VMOVUPS Z4, K1, (AX)
	VMOVUPS Z5, K2, 64(AX)
	VZEROUPPER
	RET

// func deviate16AVX512(x, c, s, q *float32, pixels, step int, mask uint32)
//
//	for range pixels { s += x-c; q += (x-c)²; x = x[step:] }
TEXT ·deviate16AVX512(SB), NOSPLIT, $0-52
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVL mask+48(FP), AX
	KMOVW AX, K1
	MOVQ x+0(FP), DI
	MOVQ c+8(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	MOVQ s+16(FP), AX
	VMOVUPS.Z (AX), K1, Z1
	MOVQ q+24(FP), AX
	VMOVUPS.Z (AX), K1, Z2

pixel: // for range pixels
	VMOVUPS.Z (DI), K1, Z3
	VSUBPS Z0, Z3, Z3
	VADDPS Z3, Z1, Z1
	VFMADD231PS Z3, Z3, Z2
	ADDQ R8, DI
	DECQ CX
	JNZ  pixel

	MOVQ s+16(FP), AX
	VMOVUPS Z1, K1, (AX)
	MOVQ q+24(FP), AX
	VMOVUPS Z2, K1, (AX)
	VZEROUPPER
	RET

// func product32AVX512(d, x, c, s, q *float32, pixels, step int, mask uint32)
//
//	for range pixels { s += d; q += d·(x-c); d, x = d[step:], x[step:] }
TEXT ·product32AVX512(SB), NOSPLIT, $0-60
	MOVQ pixels+40(FP), CX
	MOVQ step+48(FP), R8
	SHLQ $2, R8
	MOVL mask+56(FP), AX
	KMOVW AX, K1
	SHRL $16, AX
	KMOVW AX, K2
	MOVQ d+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	VMOVUPS.Z 64(AX), K2, Z1
	MOVQ s+24(FP), AX
	VMOVUPS.Z (AX), K1, Z2
	VMOVUPS.Z 64(AX), K2, Z3
	MOVQ q+32(FP), AX
	VMOVUPS.Z (AX), K1, Z4
	VMOVUPS.Z 64(AX), K2, Z5

pixel: // for range pixels
	VMOVUPS.Z (DI), K1, Z6
	VMOVUPS.Z (SI), K1, Z7
	VADDPS Z6, Z2, Z2
	VSUBPS Z0, Z7, Z7
	VFMADD231PS Z6, Z7, Z4
	VMOVUPS.Z 64(DI), K2, Z8
	VMOVUPS.Z 64(SI), K2, Z9
	VADDPS Z8, Z3, Z3
	VSUBPS Z1, Z9, Z9
	VFMADD231PS Z8, Z9, Z5
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	MOVQ s+24(FP), AX
	VMOVUPS Z2, K1, (AX)
	VMOVUPS Z3, K2, 64(AX)
	MOVQ q+32(FP), AX
	VMOVUPS Z4, K1, (AX)
	VMOVUPS Z5, K2, 64(AX)
	VZEROUPPER
	RET

// func product16AVX512(d, x, c, s, q *float32, pixels, step int, mask uint32)
//
//	for range pixels { s += d; q += d·(x-c); d, x = d[step:], x[step:] }
TEXT ·product16AVX512(SB), NOSPLIT, $0-60
	MOVQ pixels+40(FP), CX
	MOVQ step+48(FP), R8
	SHLQ $2, R8
	MOVL mask+56(FP), AX
	KMOVW AX, K1
	MOVQ d+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	MOVQ s+24(FP), AX
	VMOVUPS.Z (AX), K1, Z1
	MOVQ q+32(FP), AX
	VMOVUPS.Z (AX), K1, Z2

pixel: // for range pixels
	VMOVUPS.Z (DI), K1, Z3
	VMOVUPS.Z (SI), K1, Z4
	VADDPS Z3, Z1, Z1
	VSUBPS Z0, Z4, Z4
	VFMADD231PS Z3, Z4, Z2
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	MOVQ s+24(FP), AX
	VMOVUPS Z1, K1, (AX)
	MOVQ q+32(FP), AX
	VMOVUPS Z2, K1, (AX)
	VZEROUPPER
	RET

// func normalise32AVX512(y, x, c, r *float32, pixels, step int, mask uint32)
//
//	for range pixels { y = (x-c)·r; x, y = x[step:], y[step:] }
TEXT ·normalise32AVX512(SB), NOSPLIT, $0-52
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVL mask+48(FP), AX
	KMOVW AX, K1
	SHRL $16, AX
	KMOVW AX, K2
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	VMOVUPS.Z 64(AX), K2, Z1
	MOVQ r+24(FP), AX
	VMOVUPS.Z (AX), K1, Z2
	VMOVUPS.Z 64(AX), K2, Z3

pixel: // for range pixels
	VMOVUPS.Z (SI), K1, Z4
	VSUBPS Z0, Z4, Z4
	VMULPS Z2, Z4, Z4
	VMOVUPS Z4, K1, (DI)
	VMOVUPS.Z 64(SI), K2, Z6
	VSUBPS Z1, Z6, Z6
	VMULPS Z3, Z6, Z6
	VMOVUPS Z6, K2, 64(DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func normalise16AVX512(y, x, c, r *float32, pixels, step int, mask uint32)
//
//	for range pixels { y = (x-c)·r; x, y = x[step:], y[step:] }
TEXT ·normalise16AVX512(SB), NOSPLIT, $0-52
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVL mask+48(FP), AX
	KMOVW AX, K1
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ c+16(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	MOVQ r+24(FP), AX
	VMOVUPS.Z (AX), K1, Z1

pixel: // for range pixels
	VMOVUPS.Z (SI), K1, Z2
	VSUBPS Z0, Z2, Z2
	VMULPS Z1, Z2, Z2
	VMOVUPS Z2, K1, (DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func apply32AVX512(y, d, x, c, r, slope, shift *float32, pixels, step int, mask uint32)
//
//	for range pixels { y = r·d - shift - (x-c)·slope; y, d, x = y[step:], d[step:], x[step:] }
TEXT ·apply32AVX512(SB), NOSPLIT, $0-76
	MOVQ pixels+56(FP), CX
	MOVQ step+64(FP), R8
	SHLQ $2, R8
	MOVL mask+72(FP), AX
	KMOVW AX, K1
	SHRL $16, AX
	KMOVW AX, K2
	MOVQ y+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ x+16(FP), DX
	MOVQ c+24(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	VMOVUPS.Z 64(AX), K2, Z1
	MOVQ r+32(FP), AX
	VMOVUPS.Z (AX), K1, Z2
	VMOVUPS.Z 64(AX), K2, Z3
	MOVQ slope+40(FP), AX
	VMOVUPS.Z (AX), K1, Z4
	VMOVUPS.Z 64(AX), K2, Z5
	MOVQ shift+48(FP), AX
	VMOVUPS.Z (AX), K1, Z6
	VMOVUPS.Z 64(AX), K2, Z7

pixel: // for range pixels
	VMOVUPS.Z (SI), K1, Z8
	VMOVUPS.Z (DX), K1, Z9
	VFMSUB213PS Z6, Z2, Z8
	VSUBPS Z0, Z9, Z9
	VFNMADD231PS Z4, Z9, Z8
	VMOVUPS Z8, K1, (DI)
	VMOVUPS.Z 64(SI), K2, Z10
	VMOVUPS.Z 64(DX), K2, Z11
	VFMSUB213PS Z7, Z3, Z10
	VSUBPS Z1, Z11, Z11
	VFNMADD231PS Z5, Z11, Z10
	VMOVUPS Z10, K2, 64(DI)
	ADDQ R8, DI
	ADDQ R8, SI
	ADDQ R8, DX
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func apply16AVX512(y, d, x, c, r, slope, shift *float32, pixels, step int, mask uint32)
//
//	for range pixels { y = r·d - shift - (x-c)·slope; y, d, x = y[step:], d[step:], x[step:] }
TEXT ·apply16AVX512(SB), NOSPLIT, $0-76
	MOVQ pixels+56(FP), CX
	MOVQ step+64(FP), R8
	SHLQ $2, R8
	MOVL mask+72(FP), AX
	KMOVW AX, K1
	MOVQ y+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ x+16(FP), DX
	MOVQ c+24(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	MOVQ r+32(FP), AX
	VMOVUPS.Z (AX), K1, Z1
	MOVQ slope+40(FP), AX
	VMOVUPS.Z (AX), K1, Z2
	MOVQ shift+48(FP), AX
	VMOVUPS.Z (AX), K1, Z3

pixel: // for range pixels
	VMOVUPS.Z (SI), K1, Z4
	VMOVUPS.Z (DX), K1, Z5
	VFMSUB213PS Z3, Z1, Z4
	VSUBPS Z0, Z5, Z5
	VFNMADD231PS Z2, Z5, Z4
	VMOVUPS Z4, K1, (DI)
	ADDQ R8, DI
	ADDQ R8, SI
	ADDQ R8, DX
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func scale32AVX512(y, x, gain, shift *float32, pixels, step int, mask uint32)
//
//	for range pixels { y = x·gain + shift; x, y = x[step:], y[step:] }
TEXT ·scale32AVX512(SB), NOSPLIT, $0-52
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVL mask+48(FP), AX
	KMOVW AX, K1
	SHRL $16, AX
	KMOVW AX, K2
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ gain+16(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	VMOVUPS.Z 64(AX), K2, Z1
	MOVQ shift+24(FP), AX
	VMOVUPS.Z (AX), K1, Z2
	VMOVUPS.Z 64(AX), K2, Z3

pixel: // for range pixels
	VMOVUPS.Z (SI), K1, Z4
	VFMADD213PS Z2, Z0, Z4
	VMOVUPS Z4, K1, (DI)
	VMOVUPS.Z 64(SI), K2, Z6
	VFMADD213PS Z3, Z1, Z6
	VMOVUPS Z6, K2, 64(DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func scale16AVX512(y, x, gain, shift *float32, pixels, step int, mask uint32)
//
//	for range pixels { y = x·gain + shift; x, y = x[step:], y[step:] }
TEXT ·scale16AVX512(SB), NOSPLIT, $0-52
	MOVQ pixels+32(FP), CX
	MOVQ step+40(FP), R8
	SHLQ $2, R8
	MOVL mask+48(FP), AX
	KMOVW AX, K1
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ gain+16(FP), AX
	VMOVUPS.Z (AX), K1, Z0
	MOVQ shift+24(FP), AX
	VMOVUPS.Z (AX), K1, Z1

pixel: // for range pixels
	VMOVUPS.Z (SI), K1, Z2
	VFMADD213PS Z1, Z0, Z2
	VMOVUPS Z2, K1, (DI)
	ADDQ R8, DI
	ADDQ R8, SI
	DECQ CX
	JNZ  pixel

	VZEROUPPER
	RET

// func rectifyAVX512(y, x *float32, n int)
//
//	for i := range n { y[i] = max(x[i], 0) }
TEXT ·rectifyAVX512(SB), NOSPLIT, $0-24
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	VPXORQ Z0, Z0, Z0

elements: // for ; n > 0; n -= 32
	VMAXPS (SI), Z0, Z4 // NaN where x is
	VMOVUPS Z4, (DI)
	VMAXPS 64(SI), Z0, Z8 // NaN where x is
	VMOVUPS Z8, 64(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	SUBQ $32, CX
	JNZ  elements
	VZEROUPPER
	RET

// func rectifyGradAVX512(to, d, y *float32, n int)
//
//	for i := range n { to[i] = d[i] · (1 where y[i] > 0, else 0) }
TEXT ·rectifyGradAVX512(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ y+16(FP), DX
	MOVQ n+24(FP), CX
	VPXORQ Z0, Z0, Z0
	MOVL $0x3f800000, AX // 1
	VPBROADCASTD AX, Z1

elements: // for ; n > 0; n -= 32
	VCMPPS $0x11, (DX), Z0, K1 // 0 < y
	VMOVAPS.Z Z1, K1, Z4
	VMULPS (SI), Z4, Z4
	VMOVUPS Z4, (DI)
	VCMPPS $0x11, 64(DX), Z0, K2 // 0 < y
	VMOVAPS.Z Z1, K2, Z8
	VMULPS 64(SI), Z8, Z8
	VMOVUPS Z8, 64(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	ADDQ $128, DX
	SUBQ $32, CX
	JNZ  elements
	VZEROUPPER
	RET

// func addAVX512(y, a, b *float32, n int)
//
//	for i := range n { y[i] = a[i] + b[i] }
TEXT ·addAVX512(SB), NOSPLIT, $0-32
	MOVQ y+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ n+24(FP), CX

elements: // for ; n > 0; n -= 32
	VMOVUPS (SI), Z4
	VADDPS (DX), Z4, Z4
	VMOVUPS Z4, (DI)
	VMOVUPS 64(SI), Z8
	VADDPS 64(DX), Z8, Z8
	VMOVUPS Z8, 64(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	ADDQ $128, DX
	SUBQ $32, CX
	JNZ  elements
	VZEROUPPER
	RET
