#ifndef CK_ARITHMETIC_VECTORS_H
#define CK_ARITHMETIC_VECTORS_H

#include "../map.h"

CK_TARGET_BEGIN

CK_INLINE ck_vector added(ck_vector a, ck_vector b, ck_constants constants) {
    (void)constants;
    return ck_add(a, b);
}

void CK_OPERATION(add)(size_t n, const float *a, const float *b, float *out) {
    ck_map(n, a, b, (ck_constants){0}, added, out);
}

CK_INLINE ck_vector multiplied(ck_vector a, ck_vector b, ck_constants constants) {
    (void)constants;
    return ck_multiply(a, b);
}

void CK_OPERATION(multiply)(size_t n, const float *a, const float *b, float *out) {
    ck_map(n, a, b, (ck_constants){0}, multiplied, out);
}

CK_INLINE ck_vector scaled(ck_vector x, ck_vector same, ck_constants constants) {
    (void)same;
    return ck_multiply(x, ck_vector_of(constants.first));
}

void CK_OPERATION(scale)(size_t n, const float *in, float factor, float *out) {
    ck_map(n, in, in, (ck_constants){factor, 0}, scaled, out);
}

CK_INLINE ck_vector clamped(ck_vector x, ck_vector same, ck_constants constants) {
    (void)same;
    return ck_larger(ck_vector_of(constants.first), ck_lesser(ck_vector_of(constants.second), x));
}

void CK_OPERATION(clamp)(size_t n, const float *in, float low, float high, float *out) {
    ck_map(n, in, in, (ck_constants){low, high}, clamped, out);
}

CK_TARGET_END

#endif
