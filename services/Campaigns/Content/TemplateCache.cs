using Fluid;

namespace TagSegments.Campaigns.Content;

/// <summary>Keeps the parsed templates of the messages that are being sent. Those that are only checked or shown are not kept.</summary>
internal sealed class TemplateCache(MemoryBudget memory)
{
    // What one step of the parser leaves behind in memory, about.
    private const int StepBytes = 200;

    // A template keeps its text in parts, and the cache the whole as its key.
    private readonly AccountCache<string, ParsedTemplate> _templates =
        new(memory, "campaigns.templates", (text, parsed) => (text.Length * 4L) + (parsed.Steps * StepBytes));

    /// <summary>Returns the parsed template; throws <see cref="TemplateException"/> for one that does not parse.</summary>
    public IFluidTemplate Get(string template, TemplateTime time) =>
        _templates.GetOrAdd(template, text => TemplateRenderer.Parse(text, time)).Template;
}
