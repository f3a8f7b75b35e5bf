int imshealthImportSlots;
