using TagSegments.Bitmaps;

namespace TagSegments.Segments.Index;

/// <summary>The holders of a tag at a position.</summary>
internal readonly record struct KnownTag(Bitmap Contacts, long Pos);
