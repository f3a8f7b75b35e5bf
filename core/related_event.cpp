#include "core/related_event.h"

#include <algorithm>
#include <iterator>

namespace imshealth {
namespace {

struct Row {
  std::uint16_t id;
  std::string_view meaning;
};

// KB226494 and the articles that show the events; 1011 has changed its meaning since Vista.
constexpr Row ofPerflib[] = {
    {1000, "access to performance data was denied"},
    {1001, "Collect returned more than there was room for"},
    {1002, "Collect wrote beyond its buffer"},
    {1003, "Collect returned objects of inconsistent length"},
    {1004, "Collect returned instances of inconsistent length"},
    {1005, "the library lacks its Open procedure"},
    {1006, "the library lacks its Collect procedure"},
    {1007, "the library lacks its Close procedure"},
    {1009, "Open raised an exception"},
    {1010, "Collect raised an exception or returned a bad status"},
    {1011, "the library could not be opened; on newer systems: Close raised an exception"},
    {1013, "the library wrote beyond a buffer"},
    {1014, "Collect returned an error"},
    {1015, "Open or Collect did not return in time"},
    {1016, "data is not aligned; harmless"},
    {1017, "the counters were disabled"},
    {1018, "the counters were disabled for one process"},
    {1023, "the library could not be loaded"},
    {2003, "the library is not the one that was registered"},
    {3003, "the registry has no Open procedure for the service"},
};

// As the message tables of Windows 2000 to 2003 have them.
constexpr Row ofLoadPerf[] = {
    {1000, "counters were loaded"},
    {1001, "counters were removed"},
    {1002, "counters were there already, nothing was done"},
    {2000, "the counter file has no list of objects; harmless"},
    {2004, "a damaged text was skipped"},
    {2005, "a language has no texts"},
    {2006, "damaged totals were corrected"},
    {2007, "a service's counters have to be loaded by hand"},
    {3000, "the texts do not match the indexes of Perflib"},
    {3001, "the list of counter names is badly formed"},
    {3002, "the list of counter explanations is badly formed"},
    {3003, "the Performance key of the service cannot be opened"},
    {3004, "a registry value cannot be read"},
    {3005, "the key of a language cannot be read"},
    {3006, "the counter names cannot be read"},
    {3007, "the counter explanations cannot be read"},
    {3008, "there was not enough memory"},
    {3009, "loading counters failed"},
    {3010, "updating counters failed"},
    {3011, "removing counters failed"},
    {3012, "the texts are damaged"},
    {3013, "the counter names of a language cannot be written"},
    {3014, "the counter explanations of a language cannot be written"},
    {3015, "an index is damaged"},
    {3016, "a registry value cannot be written"},
    {3017, "a registry value cannot be written"},
    {3018, "the index range of a service is damaged"},
};

template <std::size_t size>
std::string_view meaningIn(const Row (&rows)[size], std::uint16_t id) {
  const auto row = std::find_if(std::begin(rows), std::end(rows),
                                [&](const Row& each) { return each.id == id; });
  return row == std::end(rows) ? std::string_view() : row->meaning;
}

}  // namespace

std::string_view toString(RelatedSource source) {
  return source == RelatedSource::perflib ? "Perflib" : "LoadPerf";
}

std::string_view meaningOf(RelatedSource source, std::uint16_t id) {
  return source == RelatedSource::perflib ? meaningIn(ofPerflib, id) : meaningIn(ofLoadPerf, id);
}

}  // namespace imshealth
