using TagSegments.ServiceDefaults;

namespace TagSegments.Tags;

/// <summary>The size of the pages of lists.</summary>
internal static class PageSize
{
    /// <summary>The most that one page holds.</summary>
    public const int Max = 1_000;

    private const int Default = 100;

    /// <summary>Reads <c>page_size</c>; not set means 100.</summary>
    public static int Read(int requested) => requested switch
    {
        0 => Default,
        > 0 and <= Max => requested,
        _ => throw RpcErrors.InvalidField("page_size", $"must be 1 to {Max}, or 0 for {Default}"),
    };
}
