#if defined(__x86_64__)

#include "../../vectors/avx2.h"

#define CK_QUERIES 6  // 12 of 16 registers are sums
#define CK_VECTORS 2

#include "flash_task.h"

CK_TARGET_BEGIN

CK_FLASH(avx2)

#define ATTEND(type, unit, rotates) CK_FLASH_TYPE(type, rotates, avx2)
CK_CACHES(ATTEND)

CK_TARGET_END

#endif
