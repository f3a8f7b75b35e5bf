// Gives a counter library an import from a DLL that the server does not have.
extern "C" __declspec(dllimport) int NowhereToBeFound();
extern "C" int labNeedsAbsentLibrary() {
  return NowhereToBeFound();
}
