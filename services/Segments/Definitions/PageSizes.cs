using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>The sizes of pages.</summary>
internal static class PageSizes
{
    private const int Default = 100;

    /// <summary>Gets the size to use or throws INVALID_ARGUMENT.</summary>
    public static int Check(int requested, int max)
    {
        new FieldChecks()
            .Require(requested >= 0 && requested <= max, "page_size", $"must be 1 to {max}, or 0 for the default of {Default}")
            .ThrowIfAny();
        return requested == 0 ? Default : requested;
    }
}
