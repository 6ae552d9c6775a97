#ifndef CK_OPERATIONS_ACTIVATIONS_H
#define CK_OPERATIONS_ACTIVATIONS_H

// The list of functions that follow a linear layer. A new one is its index in ckernels.h, a row here, and a function of
// that name in generic.c and in vectors.h.

/// X(name, index)
#define CK_ACTIVATION_FUNCTIONS(X)                                                                                     \
    X(silu, CK_SILU)                                                                                                   \
    X(gelu, CK_GELU)                                                                                                   \
    X(gelu_tanh, CK_GELU_TANH)                                                                                         \
    X(gelu_quick, CK_GELU_QUICK)                                                                                       \
    X(relu, CK_RELU)                                                                                                   \
    X(relu_squared, CK_RELU_SQUARED)                                                                                   \
    X(sigmoid, CK_SIGMOID)                                                                                             \
    X(tanh, CK_TANH)                                                                                                   \
    X(softplus, CK_SOFTPLUS)                                                                                           \
    X(exp, CK_EXP)

#define CK_ACTIVATE_ROW(name, index) [index] = activate_##name,
#define CK_GATE_ROW(name, index) [index] = gate_##name,

#endif
