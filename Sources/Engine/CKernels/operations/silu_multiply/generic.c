#include "../operations.h"

#include <math.h>

void ck_silu_multiply_generic(size_t n, const float *gate, const float *up, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = gate[i] / (1 + expf(-gate[i])) * up[i];
}
