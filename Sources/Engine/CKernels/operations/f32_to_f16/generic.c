#include "../../half.h"
#include "../operations.h"

void ck_f32_to_f16_generic(size_t n, const float *in, uint16_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = ck_half_of_float(in[i]);
}
