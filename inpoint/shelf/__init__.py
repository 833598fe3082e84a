"""What is stored, typed: the one room that spells keys. Takes a store of blobs; gives chunks, segments, files."""
