namespace TagSegments.ServiceDefaults.Calls;

/// <summary>The <c>page_size</c> and the <c>skip</c> of lists.</summary>
public static class PageSize
{
    /// <summary>The most that a page holds where nothing else is documented.</summary>
    public const int Max = 1_000;

    /// <summary>The most items that can be skipped where a list must read them to count them.</summary>
    public const int MaxSkip = 100_000;

    private const int Default = 100;

    /// <summary>Reads a page size: 0 means the default, a negative or too large one is refused with INVALID_ARGUMENT.</summary>
    public static int Read(int requested, int max = Max, int unset = Default) => requested switch
    {
        0 => unset,
        _ when requested > 0 && requested <= max => requested,
        _ => throw RpcErrors.InvalidField("page_size", $"must be 1 to {max}, or 0 for {unset}"),
    };

    /// <summary>Reads how many items the page skips after its token; a negative or too large number is refused with INVALID_ARGUMENT.</summary>
    public static int ReadSkip(int requested, int max = MaxSkip) =>
        requested >= 0 && requested <= max ? requested : throw RpcErrors.InvalidField("skip", $"must be 0 to {max}");
}
