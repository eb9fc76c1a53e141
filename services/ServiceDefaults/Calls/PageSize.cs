namespace TagSegments.ServiceDefaults.Calls;

/// <summary>The <c>page_size</c> of lists.</summary>
public static class PageSize
{
    /// <summary>The most that a page holds where nothing else is documented.</summary>
    public const int Max = 1_000;

    private const int Default = 100;

    /// <summary>Reads a page size: 0 means the default, a negative or too large one is refused with INVALID_ARGUMENT.</summary>
    public static int Read(int requested, int max = Max, int unset = Default) => requested switch
    {
        0 => unset,
        _ when requested > 0 && requested <= max => requested,
        _ => throw RpcErrors.InvalidField("page_size", $"must be 1 to {max}, or 0 for {unset}"),
    };
}
