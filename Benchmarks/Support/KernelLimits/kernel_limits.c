#include "kernel_limits.h"

#include <string.h>

// More sums than the latency of a multiply-add times the number of units, all kept in registers.
enum { SUMS = 12 };

// Keeps the compiler from computing a loop of constants ahead of time, or leaving it out.
#define OPAQUE(value) __asm__ volatile("" : "+x"(value))

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET_AVX2 __attribute__((target("avx2,fma")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512vnni")))

TARGET_AVX2 static size_t int8_avx2(size_t rounds) {
    __m256i sums[SUMS], weights = _mm256_set1_epi8(3), codes = _mm256_set1_epi8(1), ones = _mm256_set1_epi16(1);
    for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SUMS; i++) {
            OPAQUE(codes);
            __m256i pairs = _mm256_maddubs_epi16(weights, codes);
            sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(pairs, ones));
        }
    }
    for (int i = 0; i < SUMS; i++) OPAQUE(sums[i]);
    return rounds * SUMS * 32;
}

TARGET_AVX2 static size_t fp32_avx2(size_t rounds) {
    __m256 sums[SUMS], factor = _mm256_set1_ps(0.5f);
    for (int i = 0; i < SUMS; i++) sums[i] = _mm256_set1_ps((float)i);
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SUMS; i++) sums[i] = _mm256_fmadd_ps(sums[i], factor, factor);
        OPAQUE(factor);
    }
    for (int i = 0; i < SUMS; i++) OPAQUE(sums[i]);
    return rounds * SUMS * 8;
}

#define OPAQUE512(value) __asm__ volatile("" : "+v"(value))

TARGET_AVX512 static size_t int8_avx512(size_t rounds) {
    __m512i sums[SUMS], weights = _mm512_set1_epi8(3), codes = _mm512_set1_epi8(1);
    for (int i = 0; i < SUMS; i++) sums[i] = _mm512_setzero_si512();
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SUMS; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], weights, codes);
        OPAQUE512(codes);
    }
    for (int i = 0; i < SUMS; i++) OPAQUE512(sums[i]);
    return rounds * SUMS * 64;
}

TARGET_AVX512 static size_t fp32_avx512(size_t rounds) {
    __m512 sums[SUMS], factor = _mm512_set1_ps(0.5f);
    for (int i = 0; i < SUMS; i++) sums[i] = _mm512_set1_ps((float)i);
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SUMS; i++) sums[i] = _mm512_fmadd_ps(sums[i], factor, factor);
        OPAQUE512(factor);
    }
    for (int i = 0; i < SUMS; i++) OPAQUE512(sums[i]);
    return rounds * SUMS * 16;
}

size_t kernel_limits_int8(const char *set, size_t rounds) {
    if (strncmp(set, "avx512", 6) == 0) return int8_avx512(rounds);
    return strncmp(set, "avx2", 4) == 0 ? int8_avx2(rounds) : 0;
}

size_t kernel_limits_fp32(const char *set, size_t rounds) {
    if (strncmp(set, "avx512", 6) == 0) return fp32_avx512(rounds);
    return strncmp(set, "avx2", 4) == 0 ? fp32_avx2(rounds) : 0;
}

#elif defined(__aarch64__)

#include <arm_neon.h>

#define OPAQUE_NEON(value) __asm__ volatile("" : "+w"(value))

__attribute__((target("dotprod"))) size_t kernel_limits_int8(const char *set, size_t rounds) {
    if (strncmp(set, "neon", 4) != 0) return 0;
    int32x4_t sums[SUMS];
    int8x16_t weights = vdupq_n_s8(3), codes = vdupq_n_s8(1);
    for (int i = 0; i < SUMS; i++) sums[i] = vdupq_n_s32(0);
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SUMS; i++) sums[i] = vdotq_s32(sums[i], weights, codes);
        OPAQUE_NEON(codes);
    }
    for (int i = 0; i < SUMS; i++) OPAQUE_NEON(sums[i]);
    return rounds * SUMS * 16;
}

size_t kernel_limits_fp32(const char *set, size_t rounds) {
    if (strncmp(set, "neon", 4) != 0) return 0;
    float32x4_t sums[SUMS], factor = vdupq_n_f32(0.5f);
    for (int i = 0; i < SUMS; i++) sums[i] = vdupq_n_f32((float)i);
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SUMS; i++) sums[i] = vfmaq_f32(sums[i], factor, factor);
        OPAQUE_NEON(factor);
    }
    for (int i = 0; i < SUMS; i++) OPAQUE_NEON(sums[i]);
    return rounds * SUMS * 4;
}

#else

size_t kernel_limits_int8(const char *set, size_t rounds) { return 0; }
size_t kernel_limits_fp32(const char *set, size_t rounds) { return 0; }

#endif
