# The libraries; we take them as headers only. A cross build must never see all of /usr/include (it would take the
# Linux C library's headers), so a folder in the build tree links to just these.
set(third_party_include ${CMAKE_BINARY_DIR}/third_party/include)
file(MAKE_DIRECTORY ${third_party_include})

function(imshealth_find_headers folder probe package)
  find_path(${folder}_PARENT ${probe}
    HINTS ENV VCPKG_INSTALLED_INCLUDE
    PATHS /usr/include /usr/local/include
    NO_CMAKE_FIND_ROOT_PATH)
  if(NOT ${folder}_PARENT)
    message(FATAL_ERROR "${probe} not found; install ${package} (tests/setup installs all of them)")
  endif()
endfunction()

function(imshealth_link_headers folder probe package)
  imshealth_find_headers(${folder} ${probe} ${package})
  file(CREATE_LINK ${${folder}_PARENT}/${folder} ${third_party_include}/${folder} SYMBOLIC)
endfunction()

# Copies in the place of links, without what matches PATTERN. All headers of the folder: from a link, g++ would go on
# in the folder that it leads to.
function(imshealth_copy_headers_without pattern folder probe package)
  imshealth_find_headers(${folder} ${probe} ${package})
  set(from ${${folder}_PARENT}/${folder})
  set(to ${third_party_include}/${folder})
  # In a build tree that has the whole folder as a link, the library itself would be written to.
  if(IS_SYMLINK ${to})
    file(REMOVE ${to})
  endif()
  file(GLOB_RECURSE headers RELATIVE ${from} CONFIGURE_DEPENDS ${from}/*.hpp)
  foreach(header IN LISTS headers)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${from}/${header})
    file(READ ${from}/${header} text)
    string(REGEX REPLACE "${pattern}" "" text "${text}")
    set(present)
    if(EXISTS ${to}/${header})
      file(READ ${to}/${header} present)
    endif()
    # Only what differs is written: a new date would compile everything again.
    if(NOT present STREQUAL text)
      file(WRITE ${to}/${header} "${text}")
    endif()
  endforeach()
endfunction()

imshealth_link_headers(boost boost/asio/awaitable.hpp libboost1.81-dev)
imshealth_link_headers(nlohmann nlohmann/json.hpp nlohmann-json3-dev)
imshealth_link_headers(spdlog spdlog/spdlog.h libspdlog-dev)
imshealth_link_headers(fmt fmt/format.h libfmt-dev)
# CLI11's ready-made validators (ExistingFile, Number, PositiveNumber, …) are constants, built out of strings and
# functions before main can restrict the search for DLLs. Nothing uses them, neither CLI11 nor we.
imshealth_copy_headers_without(
  "\n([A-Z0-9_]+ )?const (detail::[A-Za-z0-9]+|TypeValidator<[^<>]*>|Range) [A-Za-z0-9]+(\\([^;]*\\))?;"
  CLI CLI/CLI.hpp libcli11-dev)
imshealth_link_headers(valijson valijson/validator.hpp libvalijson-dev)
if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  imshealth_link_headers(catch2 catch2/catch.hpp catch2)
endif()

find_package(Threads REQUIRED)

add_library(imshealth_third_party INTERFACE)
target_include_directories(imshealth_third_party SYSTEM INTERFACE ${third_party_include})
target_compile_definitions(imshealth_third_party INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY
  SPDLOG_FMT_EXTERNAL
  # The C library makes its files inheritable, and before Vista a child inherits all that is.
  SPDLOG_PREVENT_CHILD_FD
  # No option of the command line is checked for a file; std::filesystem would be 100 KB for nothing.
  CLI11_HAS_FILESYSTEM=0)
target_link_libraries(imshealth_third_party INTERFACE Threads::Threads)
if(WIN32)
  # The exe is copied to old servers: no source locations in errors, no second class for each exception to hold
  # them, no system locale in numbers, no numbers but the ones there are (double).
  target_compile_definitions(imshealth_third_party INTERFACE
    BOOST_DISABLE_CURRENT_LOCATION BOOST_EXCEPTION_DISABLE
    FMT_STATIC_THOUSANDS_SEPARATOR=',' FMT_USE_FLOAT=0 FMT_USE_LONG_DOUBLE=0)
  target_link_libraries(imshealth_third_party INTERFACE ws2_32 mswsock)
endif()

add_library(imshealth_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
target_link_libraries(imshealth_fmt PRIVATE imshealth_third_party PRIVATE imshealth_options)
