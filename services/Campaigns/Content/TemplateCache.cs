using Microsoft.Extensions.Caching.Memory;

namespace TagSegments.Campaigns.Content;

/// <summary>Keeps parsed templates within a budget of bytes for all accounts together.</summary>
internal static class TemplateCache
{
    /// <summary>How many bytes are kept at most, about.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    // What one step of the parser leaves behind in memory, about.
    private const int StepBytes = 200;

    private static readonly TemplateParser s_parser = new();
    private static readonly MemoryCache s_templates = new(new MemoryCacheOptions { SizeLimit = MaxBytes, TrackStatistics = true });

    /// <summary>The estimated bytes that are kept now.</summary>
    public static long Bytes => s_templates.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    /// <summary>Returns the parsed template; throws <see cref="TemplateException"/> for one that does not parse.</summary>
    public static Fluid.IFluidTemplate Get(string template, TemplateTime time)
    {
        if (s_templates.TryGetValue(template, out Fluid.IFluidTemplate? cached))
        {
            return cached!;
        }

        var parsed = s_parser.Parse(template, time);
        return s_templates.Set(template, parsed.Template, new MemoryCacheEntryOptions { Size = SizeOf(template, parsed) });
    }

    private static long SizeOf(string template, ParsedTemplate parsed) => (template.Length * 4L) + (parsed.Steps * StepBytes) + 500;
}
