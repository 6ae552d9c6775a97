#include "../operations.h"

#include <string.h>

void ck_rope_generic(size_t heads, size_t head_width, size_t rotated, bool interleaved, const float *cosines,
                     const float *sines, const float *in, float *out) {
    size_t pairs = rotated / 2;
    size_t step = interleaved ? 2 : 1, distance = interleaved ? 1 : pairs;
    for (size_t h = 0; h < heads; h++, in += head_width, out += head_width) {
        for (size_t i = 0; i < pairs; i++) {
            float a = in[i * step], b = in[i * step + distance];
            out[i * step] = a * cosines[i] - b * sines[i];
            out[i * step + distance] = a * sines[i] + b * cosines[i];
        }
        if (out != in) memcpy(out + 2 * pairs, in + 2 * pairs, (head_width - 2 * pairs) * sizeof(float));
    }
}
