using System.Text.RegularExpressions;
using Fluid;
using Fluid.Filters;
using Fluid.Values;
using NodaTime;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// Shows instants in the account's time zone, or in the one that a template asks for with <c>time_zone</c>. A date without a time, and a time without
/// a zone, are what they say in every zone.
/// </summary>
internal static partial class TemplateDates
{
    /// <summary>A filter that formats dates, for instants in the account's zone.</summary>
    public static FilterDelegate InAccountZone(FilterDelegate filter) => (input, arguments, context) =>
        filter(IsInstant(input) ? Move(input, ((RenderingContext)context).Zone, context) : input, arguments, context);

    /// <summary>The filter <c>time_zone</c>. A zone that is not known, such as that of a contact without one, is the account's.</summary>
    public static ValueTask<FluidValue> TimeZone(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(arguments.At(0).ToStringValue()) ?? ((RenderingContext)context).Zone;
        return new(IsInstant(input) || input.Type == FluidValues.DateTime ? Move(input, zone, context) : input);
    }

    // A number is seconds since 1970.
    private static bool IsInstant(FluidValue input) => input.Type switch
    {
        FluidValues.Number => true,
        FluidValues.String => IsInstantText().IsMatch(input.ToStringValue()),
        _ => false,
    };

    private static FluidValue Move(FluidValue input, DateTimeZone zone, TemplateContext context) =>
        input.TryGetDateTimeInput(context, out var time)
            ? new DateTimeValue(Instant.FromDateTimeOffset(time).InZone(zone).ToDateTimeOffset())
            : input;

    // "now", seconds since 1970, or a time of the day with its zone: 2026-07-01T10:00:00Z.
    [GeneratedRegex("^(?:now|today|[0-9]{5,}|.*[0-9]:[0-9]{2}.*(?:[zZ]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex IsInstantText();
}
