#if defined(__x86_64__)

#include "../../products/dots/avx_vnni.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX2(iq4_nl, offset_shape, read_offset)

CK_TARGET_END

#endif
