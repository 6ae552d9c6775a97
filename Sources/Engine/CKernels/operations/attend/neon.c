#if defined(__aarch64__)

#include "../../vectors/neon.h"

#define CK_QUERIES 6  // 24 of 32 registers are sums
#define CK_VECTORS 4

#include "flash_task.h"

CK_TARGET_BEGIN

CK_FLASH(neon)

#define ATTEND(type, unit, rotates) CK_FLASH_TYPE(type, rotates, neon)
CK_CACHES(ATTEND)

CK_TARGET_END

#endif
