using System.Text.Encodings.Web;
using Fluid;
using Fluid.Filters;
using Fluid.Values;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// The filters that templates have. What goes into a filter and what comes out of it is limited and taken from the budget of the rendering, and no
/// filter can leave data of contacts unencoded in HTML.
/// </summary>
internal static class SafeFilters
{
    private const int MaxText = 20_000;
    private const int MaxReplacement = 1_000;
    private const int MaxSize = 200_000;
    private const int MaxElements = 10_000;
    private const int MaxFormat = 200;

    // Work in proportion to what they read and write.
    private static readonly string[] s_plain =
    [
        "append", "capitalize", "downcase", "lstrip", "rstrip", "prepend", "slice", "strip", "strip_newlines", "truncate", "truncatewords", "upcase",
        "first", "last", "concat", "map", "reverse", "size", "where", "sum", "find", "find_index", "has", "reject", "compact", "default",
        "abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times",
        "url_encode", "url_decode", "base64_encode", "base64_decode", "base64_url_safe_encode", "base64_url_safe_decode",
        "escape", "escape_once", "json", "md5", "sha1", "sha256", "hmac_sha1", "hmac_sha256",
    ];

    // Search or compare: in the worst case far more work than their input is long.
    private static readonly string[] s_searching =
        ["remove", "remove_first", "remove_last", "replace_first", "replace_last", "split", "strip_html", "handle", "handleize"];

    /// <summary>Puts the filters into options that have the ones of the engine.</summary>
    public static void AddTo(TemplateOptions options)
    {
        var engine = options.Filters.ToDictionary();
        options.Filters.Clear();
        Add(s_plain, name => engine[name]);
        Add(s_searching, name => Short(engine[name], MaxText));
        Add(["sort", "sort_natural", "uniq"], name => FewElements(engine[name]));
        Add(["date"], _ => TemplateDates.InAccountZone(Formatted(engine["date"], FormatLimits.OfDate)));
        Add(["format_date"], _ => TemplateDates.InAccountZone(Formatted(engine["format_date"], _ => true)));
        Add(["time_zone"], _ => TemplateDates.TimeZone);
        Add(["format_number"], _ => Formatted(engine["format_number"], FormatLimits.OfNumber));
        Add(["format_string"], _ => FormatString);
        Add(["replace"], _ => Replace);
        Add(["join"], _ => Join);
        // Data of contacts is always encoded in HTML: there is no way to say "this is HTML already".
        Add(["raw"], _ => (input, _, _) => new ValueTask<FluidValue>(StringValue.Create(input.ToStringValue())));
        Add(["newline_to_br"], _ => (input, _, _) => new ValueTask<FluidValue>(new StringValue(
            HtmlEncoder.Default.Encode(input.ToStringValue()).Replace("&#xA;", "<br>", StringComparison.Ordinal), false)));
        options.Assigned = (name, value, _) => new ValueTask<FluidValue>(Bounded(name, value));

        void Add(string[] names, Func<string, FilterDelegate> filter)
        {
            foreach (var name in names)
            {
                options.Filters.AddFilter(name, Counted(name, filter(name)));
            }
        }
    }

    private static FilterDelegate Counted(string name, FilterDelegate filter) => async (input, arguments, context) =>
    {
        var work = 50 + Size(Bounded(name, input));
        for (var i = 0; i < arguments.Count; i++)
        {
            work += Size(Bounded(name, arguments.At(i)));
        }

        var rendering = (RenderingContext)context;
        rendering.Charge(work);
        var result = Bounded(name, await filter(input, arguments, context));
        rendering.Charge(Size(result));
        return result;
    };

    private static FilterDelegate Short(FilterDelegate filter, int length) => (input, arguments, context) =>
        Require(input.ToStringValue().Length <= length, "The text to search in is too long.", filter, input, arguments, context);

    private static FilterDelegate FewElements(FilterDelegate filter) => (input, arguments, context) =>
    {
        // Each element may be compared with each other.
        var (elements, size) = (input is ArrayValue array ? array.Values.Count : 1, Size(input));
        ((RenderingContext)context).Charge(Math.Min(elements, 1_000) * (long)size);
        return filter(input, arguments, context);
    };

    private static FilterDelegate Formatted(FilterDelegate filter, Func<string, bool> isShort) => (input, arguments, context) =>
    {
        var format = arguments.At(0).ToStringValue();
        return Require(format.Length <= MaxFormat && isShort(format), "The format is too long.", filter, input, arguments, context);
    };

    private static ValueTask<FluidValue> FormatString(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var format = input.ToStringValue();
        var isShort = format.Length <= MaxReplacement && FormatLimits.OfString(format);
        for (var i = 0; i < arguments.Count; i++)
        {
            isShort &= arguments.At(i).ToStringValue().Length <= MaxReplacement;
        }

        return Require(isShort, "The format is too long.", MiscFilters.FormatString, input, arguments, context);
    }

    private static ValueTask<FluidValue> Join(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var elements = input is ArrayValue array ? array.Values.Count : 1;
        return Require(
            (elements * (long)arguments.At(0).ToStringValue().Length) <= MaxSize, "The text to join with is too long.", ArrayFilters.Join, input, arguments, context);
    }

    private static ValueTask<FluidValue> Replace(FluidValue input, FilterArguments arguments, TemplateContext context) => Require(
        input.ToStringValue().Length <= MaxText && arguments.At(1).ToStringValue().Length <= MaxReplacement,
        "The text to replace is too long.",
        StringFilters.Replace,
        input,
        arguments,
        context);

    private static ValueTask<FluidValue> Require(
        bool ok, string otherwise, FilterDelegate filter, FluidValue input, FilterArguments arguments, TemplateContext context) =>
        ok ? filter(input, arguments, context) : throw new TemplateException(otherwise);

    private static FluidValue Bounded(string name, FluidValue value) => value switch
    {
        ArrayValue array when array.Values.Count > MaxElements => throw new TemplateException($"{name}: a list has too many elements."),
        _ when Size(value) > MaxSize => throw new TemplateException($"{name}: a text or list is too long."),
        _ => value,
    };

    // As text, which is never made to find out: a list can hold one long text many times.
    private static int Size(FluidValue value)
    {
        switch (value)
        {
            case StringValue text:
                return text.ToStringValue().Length;
            case ArrayValue array:
                long size = 0;
                for (var i = 0; i < array.Values.Count && size <= MaxSize; i++)
                {
                    size += 1 + Size(array.Values[i]);
                }

                return (int)Math.Min(size, MaxSize + 1);
            default:
                return 30;
        }
    }
}
