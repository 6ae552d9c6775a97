#ifndef CK_ACTIVATION_VECTORS_H
#define CK_ACTIVATION_VECTORS_H

#include "../../vectors/tanh.h"
#include "../map.h"
#include "activations.h"

CK_TARGET_BEGIN

CK_INLINE ck_vector zero(void) { return ck_vector_of(0); }

/// 1 + e^-x
CK_INLINE ck_vector one_and_exp(ck_vector x) { return ck_add(ck_vector_of(1), ck_exp(ck_subtract(zero(), x))); }

CK_INLINE ck_vector sigmoid(ck_vector x) { return ck_divide(ck_vector_of(1), one_and_exp(x)); }
CK_INLINE ck_vector silu(ck_vector x) { return ck_divide(x, one_and_exp(x)); }
CK_INLINE ck_vector gelu_quick(ck_vector x) { return ck_divide(x, one_and_exp(ck_multiply(ck_vector_of(1.702f), x))); }

/// (1 + tanh u) / 2 is the sigmoid of 2u.
CK_INLINE ck_vector gelu_tanh(ck_vector x) {
    ck_vector factor = ck_fused(ck_vector_of(0.0713548163f), ck_multiply(x, x), ck_vector_of(1.59576912f));
    return ck_divide(x, one_and_exp(ck_multiply(x, factor)));
}

/// max(x, 0) - |x| × Φ(-|x|), where the distribution function Φ(-a) is e^(-a²/2) × t × P(t), t = 1 / (1 + a / 4), with a
/// relative error below 1e-6. It is 0 from a = 20 on.
CK_INLINE ck_vector gelu(ck_vector x) {
    ck_vector a = ck_lesser(ck_vector_of(20), ck_absolute(x));
    ck_vector t = ck_divide(ck_vector_of(1), ck_fused(ck_vector_of(0.25f), a, ck_vector_of(1)));
    ck_vector sum = ck_vector_of(0.0262956532f);
    sum = ck_fused(sum, t, ck_vector_of(-0.155637358f));
    sum = ck_fused(sum, t, ck_vector_of(0.302077988f));
    sum = ck_fused(sum, t, ck_vector_of(-0.212750164f));
    sum = ck_fused(sum, t, ck_vector_of(0.206698057f));
    sum = ck_fused(sum, t, ck_vector_of(0.0307584128f));
    sum = ck_fused(sum, t, ck_vector_of(0.104321947f));
    sum = ck_fused(sum, t, ck_vector_of(0.098432779f));
    sum = ck_fused(sum, t, ck_vector_of(0.099802659f));
    ck_vector power = ck_exp(ck_multiply(ck_multiply(ck_vector_of(-0.5f), a), a));
    ck_vector below = ck_multiply(ck_multiply(t, sum), power);
    return ck_subtract(ck_larger(zero(), x), ck_multiply(a, below));
}

CK_INLINE ck_vector relu(ck_vector x) { return ck_larger(zero(), x); }
CK_INLINE ck_vector relu_squared(ck_vector x) { return ck_multiply(relu(x), relu(x)); }

/// max(x, 0) + log(1 + y), y = e^-|x|: the logarithm is 2 artanh(s), s = y / (2 + y), a series of s².
CK_INLINE ck_vector softplus(ck_vector x) {
    ck_vector y = ck_exp(ck_subtract(zero(), ck_absolute(x)));
    ck_vector s = ck_divide(y, ck_add(ck_vector_of(2), y)), square = ck_multiply(s, s);
    ck_vector sum = ck_vector_of(0.140891617f);
    sum = ck_fused(sum, square, ck_vector_of(0.139802937f));
    sum = ck_fused(sum, square, ck_vector_of(0.200124566f));
    sum = ck_fused(sum, square, ck_vector_of(0.333331573f));
    sum = ck_fused(sum, square, ck_vector_of(1));
    return ck_fused(ck_add(s, s), sum, relu(x));
}

#define tanh(x) ck_tanh(x)
#define exp(x) ck_exp(x)
#define FUNCTIONS(name, index)                                                                                         \
    CK_INLINE ck_vector name##_of_first(ck_vector x, ck_vector same, ck_constants constants) {                         \
        (void)same, (void)constants;                                                                                   \
        return name(x);                                                                                                \
    }                                                                                                                  \
    CK_INLINE ck_vector name##_times_second(ck_vector gate, ck_vector up, ck_constants constants) {                    \
        (void)constants;                                                                                               \
        return ck_multiply(name(gate), up);                                                                            \
    }                                                                                                                  \
    static void activate_##name(size_t n, const float *in, float *out) {                                               \
        ck_map(n, in, in, (ck_constants){0}, name##_of_first, out);                                                    \
    }                                                                                                                  \
    static void gate_##name(size_t n, const float *gate, const float *up, float *out) {                                \
        ck_map(n, gate, up, (ck_constants){0}, name##_times_second, out);                                              \
    }
CK_ACTIVATION_FUNCTIONS(FUNCTIONS)
#undef FUNCTIONS
#undef tanh
#undef exp

const ck_unary CK_OPERATION(activate)[CK_ACTIVATIONS] = {CK_ACTIVATION_FUNCTIONS(CK_ACTIVATE_ROW)};
const ck_binary CK_OPERATION(gate)[CK_ACTIVATIONS] = {CK_ACTIVATION_FUNCTIONS(CK_GATE_ROW)};

/// constants: alpha, limit.
CK_INLINE ck_vector clamped_swiglu(ck_vector gate, ck_vector up, ck_constants constants) {
    ck_vector limit = ck_vector_of(constants.second), lowest = ck_vector_of(-constants.second);
    ck_vector g = ck_lesser(limit, gate), u = ck_larger(lowest, ck_lesser(limit, up));
    ck_vector swish = ck_divide(g, one_and_exp(ck_multiply(ck_vector_of(constants.first), g)));
    return ck_multiply(swish, ck_add(u, ck_vector_of(1)));
}

void CK_OPERATION(clamped_swiglu)(size_t n, const float *gate, const float *up, float alpha, float limit, float *out) {
    ck_map(n, gate, up, (ck_constants){alpha, limit}, clamped_swiglu, out);
}

/// constants: the cap and its inverse.
CK_INLINE ck_vector softcap(ck_vector x, ck_vector same, ck_constants constants) {
    (void)same;
    return ck_multiply(ck_vector_of(constants.first), ck_tanh(ck_multiply(x, ck_vector_of(constants.second))));
}

void CK_OPERATION(softcap)(size_t n, const float *in, float cap, float *out) {
    ck_map(n, in, in, (ck_constants){cap, 1 / cap}, softcap, out);
}

CK_TARGET_END

#endif
