# Flags that every target of ours takes; libraries of others are included as system headers.
add_library(imshealth_options INTERFACE)

target_compile_options(imshealth_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Werror
  # Designated initialisers leave out what keeps its default.
  -Wno-missing-field-initializers
  # Two builds of one commit give the same bytes, wherever the tree lies.
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside coroutine frames and std::variant where nothing is wrong (GCC bugs 105562, 80635).
  target_compile_options(imshealth_options INTERFACE -Wno-maybe-uninitialized)
  target_compile_options(imshealth_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
  # Asio's coroutine frames have their own operator new and delete; inlined, g++ 12 takes them for a mismatch.
  target_compile_options(imshealth_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-mismatched-new-delete>)
endif()

option(IMSHEALTH_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
if(IMSHEALTH_SANITIZE)
  target_compile_options(imshealth_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(imshealth_options INTERFACE -fsanitize=address,undefined)
endif()

option(IMSHEALTH_FUZZ "Build the fuzzers of tests/fuzz; needs clang" OFF)
if(IMSHEALTH_FUZZ)
  target_compile_options(imshealth_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(imshealth_options INTERFACE -fsanitize=address,undefined)
endif()

if(WIN32)
  if(CMAKE_SIZEOF_VOID_P EQUAL 4)
    # One exe from NT 4.0 on: headers of later systems would choose later functions by themselves.
    # 0x0500 is what the headers need; what came with 2000 is looked up at run time all the same.
    set(IMSHEALTH_WINVER 0x0500)
    set(IMSHEALTH_OS_MAJOR 4)
    set(IMSHEALTH_OS_MINOR 0)
  else()
    set(IMSHEALTH_WINVER 0x0600)
    set(IMSHEALTH_OS_MAJOR 6)
    set(IMSHEALTH_OS_MINOR 0)
  endif()
  target_compile_definitions(imshealth_options INTERFACE
    _WIN32_WINNT=${IMSHEALTH_WINVER} WINVER=${IMSHEALTH_WINVER}
    UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN)
  # The presets' flags from -fno-ipa-sra to -fno-devirtualize keep g++ from making copies of library functions that are
  # local to one object file: no linker merges them, and they made up 120 KB of the exe.
  target_compile_options(imshealth_options INTERFACE -ffunction-sections -fdata-sections)
  target_link_options(imshealth_options INTERFACE
    -static -municode
    -Wl,--gc-sections -Wl,--no-insert-timestamp
    -Wl,--major-os-version,${IMSHEALTH_OS_MAJOR} -Wl,--minor-os-version,${IMSHEALTH_OS_MINOR}
    -Wl,--major-subsystem-version,${IMSHEALTH_OS_MAJOR}
    -Wl,--minor-subsystem-version,${IMSHEALTH_OS_MINOR})
endif()

# The linker of our own Windows exes (see there). Not of the lab: on x86 lld spells a DLL's forwarded exports wrong.
add_library(imshealth_lld INTERFACE)
if(WIN32)
  find_program(LLD ld.lld REQUIRED)
  target_link_options(imshealth_lld INTERFACE -fno-use-linker-plugin -wrapper ${CMAKE_CURRENT_LIST_DIR}/lld)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
