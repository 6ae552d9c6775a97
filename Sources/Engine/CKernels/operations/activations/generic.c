#include "../operations.h"
#include "activations.h"

#include <math.h>

static float sigmoid(float x) { return 1 / (1 + expf(-x)); }
static float silu(float x) { return x / (1 + expf(-x)); }
static float gelu(float x) { return x * (0.5f * erfcf(x * -0.707106781f)); }
static float gelu_tanh(float x) { return x / (1 + expf(-1.59576912f * (x + 0.044715f * x * x * x))); }
static float gelu_quick(float x) { return x / (1 + expf(-1.702f * x)); }
static float relu(float x) { return x < 0 ? 0 : x; }
static float relu_squared(float x) { return relu(x) * relu(x); }
static float softplus(float x) { return relu(x) + log1pf(expf(-fabsf(x))); }
#define tanh(x) tanhf(x)
#define exp(x) expf(x)

#define FUNCTIONS(name, index)                                                                                         \
    static void activate_##name(size_t n, const float *in, float *out) {                                               \
        for (size_t i = 0; i < n; i++) out[i] = name(in[i]);                                                           \
    }                                                                                                                  \
    static void gate_##name(size_t n, const float *gate, const float *up, float *out) {                                \
        for (size_t i = 0; i < n; i++) out[i] = name(gate[i]) * up[i];                                                 \
    }
CK_ACTIVATION_FUNCTIONS(FUNCTIONS)

const ck_unary ck_activate_generic[CK_ACTIVATIONS] = {CK_ACTIVATION_FUNCTIONS(CK_ACTIVATE_ROW)};
const ck_binary ck_gate_generic[CK_ACTIVATIONS] = {CK_ACTIVATION_FUNCTIONS(CK_GATE_ROW)};

void ck_clamped_swiglu_generic(size_t n, const float *gate, const float *up, float alpha, float limit, float *out) {
    for (size_t i = 0; i < n; i++) {
        float g = gate[i] > limit ? limit : gate[i], u = up[i] > limit ? limit : up[i] < -limit ? -limit : up[i];
        out[i] = g * sigmoid(alpha * g) * (u + 1);
    }
}

void ck_softcap_generic(size_t n, const float *in, float cap, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = cap * tanhf(in[i] / cap);
}
