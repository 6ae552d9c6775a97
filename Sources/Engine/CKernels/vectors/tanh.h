#ifndef CK_VECTORS_TANH_H
#define CK_VECTORS_TANH_H

// Included after the vectors of an instruction set.

CK_TARGET_BEGIN

/// tanh x with a relative error below 3e-7; NaN for NaN.
CK_INLINE ck_vector ck_tanh(ck_vector x) {
    const ck_vector one = ck_vector_of(1);
    // x + x³ × P(x²) for small x, where 1 - 2 / (e^2x + 1) would lose digits
    ck_vector square = ck_multiply(x, x), sum = ck_vector_of(-0.00608942788f);
    sum = ck_fused(sum, square, ck_vector_of(0.0209920356f));
    sum = ck_fused(sum, square, ck_vector_of(-0.0538497731f));
    sum = ck_fused(sum, square, ck_vector_of(0.133327614f));
    sum = ck_fused(sum, square, ck_vector_of(-0.333333288f));
    ck_vector small = ck_fused(ck_multiply(x, square), sum, x);
    ck_vector magnitude = ck_absolute(x), power = ck_exp(ck_add(magnitude, magnitude));
    ck_vector large = ck_subtract(one, ck_divide(ck_vector_of(2), ck_add(power, one)));
    return ck_where_less(magnitude, ck_vector_of(0.625f), small, ck_with_sign(large, x));
}

CK_TARGET_END

#endif
