#if defined(__x86_64__)

#include "../../products/avx2.h"
#include "../operations.h"

CK_AVX2_BEGIN

/// Pairs (i, i + pairs) of one head.
CK_INLINE void rotate_halves(size_t pairs, const float *cosines, const float *sines, const float *in, float *out) {
    size_t i = 0;
    for (; i + 8 <= pairs; i += 8) {
        __m256 a = _mm256_loadu_ps(in + i), b = _mm256_loadu_ps(in + pairs + i);
        __m256 cosine = _mm256_loadu_ps(cosines + i), sine = _mm256_loadu_ps(sines + i);
        _mm256_storeu_ps(out + i, _mm256_fmsub_ps(a, cosine, _mm256_mul_ps(b, sine)));
        _mm256_storeu_ps(out + pairs + i, _mm256_fmadd_ps(a, sine, _mm256_mul_ps(b, cosine)));
    }
    for (; i < pairs; i++) {
        float a = in[i], b = in[i + pairs];
        out[i] = a * cosines[i] - b * sines[i];
        out[i + pairs] = a * sines[i] + b * cosines[i];
    }
}

/// Pairs (2i, 2i + 1) of one head.
CK_INLINE void rotate_neighbours(size_t pairs, const float *cosines, const float *sines, const float *in, float *out) {
    const __m256i twice = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
    size_t i = 0;
    for (; i + 4 <= pairs; i += 4) {
        __m256 ab = _mm256_loadu_ps(in + 2 * i), ba = _mm256_permute_ps(ab, 0xb1);
        __m256 cosine = _mm256_permutevar8x32_ps(_mm256_castps128_ps256(_mm_loadu_ps(cosines + i)), twice);
        __m256 sine = _mm256_permutevar8x32_ps(_mm256_castps128_ps256(_mm_loadu_ps(sines + i)), twice);
        _mm256_storeu_ps(out + 2 * i, _mm256_fmaddsub_ps(ab, cosine, _mm256_mul_ps(ba, sine)));
    }
    for (; i < pairs; i++) {
        float a = in[2 * i], b = in[2 * i + 1];
        out[2 * i] = a * cosines[i] - b * sines[i];
        out[2 * i + 1] = a * sines[i] + b * cosines[i];
    }
}

void ck_rope_avx2(size_t heads, size_t head_width, size_t rotated, bool interleaved, const float *cosines,
                  const float *sines, const float *in, float *out) {
    size_t pairs = rotated / 2;
    for (size_t h = 0; h < heads; h++, in += head_width, out += head_width) {
        if (interleaved) {
            rotate_neighbours(pairs, cosines, sines, in, out);
        } else {
            rotate_halves(pairs, cosines, sines, in, out);
        }
        if (out != in) memcpy(out + 2 * pairs, in + 2 * pairs, (head_width - 2 * pairs) * sizeof(float));
    }
}

CK_TARGET_END

#endif
