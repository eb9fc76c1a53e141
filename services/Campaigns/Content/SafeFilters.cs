using System.Text.Encodings.Web;
using Fluid;
using Fluid.Filters;
using Fluid.Values;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// Filters that the engine's own limits do not hold: the ones that would leave data of contacts unencoded in HTML, and the ones by which a short
/// template makes an endless text.
/// </summary>
internal static class SafeFilters
{
    private const int MaxText = 20_000;
    private const int MaxReplacement = 1_000;
    private const int MaxAssigned = 200_000;
    private const int MaxElements = 10_000;

    public static void AddTo(TemplateOptions options)
    {
        // Data of contacts is always encoded in HTML: there is no way to say "this is HTML already".
        options.Filters.AddFilter("raw", (input, _, _) => new ValueTask<FluidValue>(StringValue.Create(input.ToStringValue())));
        options.Filters.AddFilter("newline_to_br", (input, _, _) => new ValueTask<FluidValue>(new StringValue(
            HtmlEncoder.Default.Encode(input.ToStringValue()).Replace("&#xA;", "<br>", StringComparison.Ordinal), false)));
        options.Filters.AddFilter("join", Join);
        options.Filters.AddFilter("replace", Replace);
        options.Assigned = CheckAssigned;
    }

    private static ValueTask<FluidValue> Join(FluidValue input, FilterArguments arguments, TemplateContext context) =>
        arguments.At(0).ToStringValue().Length <= MaxReplacement
            ? ArrayFilters.Join(input, arguments, context)
            : throw new InvalidOperationException("The text to join with is too long.");

    private static ValueTask<FluidValue> Replace(FluidValue input, FilterArguments arguments, TemplateContext context) =>
        input.ToStringValue().Length <= MaxText && arguments.At(1).ToStringValue().Length <= MaxReplacement
            ? StringFilters.Replace(input, arguments, context)
            : throw new InvalidOperationException("The text to replace is too long.");

    private static ValueTask<FluidValue> CheckAssigned(string name, FluidValue value, TemplateContext context) => value switch
    {
        StringValue text when text.ToStringValue().Length > MaxAssigned => throw new InvalidOperationException($"{name} became too long."),
        ArrayValue array when array.Values.Count > MaxElements => throw new InvalidOperationException($"{name} got too many elements."),
        _ => new ValueTask<FluidValue>(value),
    };
}
